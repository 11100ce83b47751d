// Run by the browser, in the page. They are text because the rest of the project has no types of a browser.

/** The parts of the page that a screen reader could not tell, or that do not fit. */
export const unreadableParts = `(() => {
  const found = [];
  const nameOf = (element) => (element.getAttribute('aria-label') ?? element.textContent).trim();
  for (const field of document.querySelectorAll('input, select, textarea')) {
    if (!field.labels?.length) found.push('no label: ' + field.outerHTML.slice(0, 80));
  }
  for (const named of document.querySelectorAll('a, button, summary, section[aria-label], nav')) {
    if (nameOf(named) === '') found.push('no name: ' + named.outerHTML.slice(0, 80));
  }
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3')) {
    const next = Number(heading.tagName.slice(1));
    if (next > level + 1) found.push('h' + level + ' is followed by h' + next);
    level = next;
  }
  for (const alone of ['h1', 'main', 'header', 'footer', 'title', 'html[lang]']) {
    const { length } = document.querySelectorAll(alone);
    if (length !== 1) found.push(length + ' times ' + alone);
  }
  for (const cell of document.querySelectorAll('th')) {
    if (!cell.getAttribute('scope')) found.push('th without scope: ' + nameOf(cell));
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push('twice: ' + id);
  for (const user of document.querySelectorAll('[for], [aria-describedby]')) {
    const id = user.getAttribute('for') ?? user.getAttribute('aria-describedby');
    if (!document.getElementById(id)) found.push('there is no ' + id);
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(scrollWidth + ' pixels in ' + innerWidth);
  return found;
})()`;

/** Texts whose contrast with what is behind them is below 4.5 to 1. */
export const paleTexts = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((channel) => {
      const part = channel / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const text = luminance(channels(getComputedStyle(element).color));
    const ground = luminance(groundOf(element));
    const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (contrast < 4.5) found.add((element.className || element.tagName) + ': ' + contrast.toFixed(2));
  }
  return [...found];
})()`;
