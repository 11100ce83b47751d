/** Puts new requests on top of the log, and leaves what one looks at and has the focus where it is. */
export const requestsJs: string = `(() => {
  'use strict';
  const log = document.querySelector('[data-live]');
  const rows = log.querySelector('tbody');
  const state = document.getElementById('live');
  let last = Number(log.dataset.last);
  let source;

  function connect() {
    const url = new URL(log.dataset.live, location.href);
    url.searchParams.set('after', String(last));
    source = new EventSource(url);
    source.addEventListener('open', () => say('Live', true));
    source.addEventListener('error', () => say('The site does not answer; trying again.', false));
    source.addEventListener('message', ({ lastEventId, data }) => {
      const id = Number(lastEventId);
      if (id <= last) return;
      last = id;
      add(data);
    });
  }

  function say(text, live) {
    state.classList.toggle('on', live);
    if (state.textContent !== text) state.textContent = text;
  }

  function add(text) {
    const template = document.createElement('template');
    template.innerHTML = text;
    const anchor = anchored();
    const before = anchor?.getBoundingClientRect().top;
    log.querySelector('.log').hidden = false;
    document.getElementById('empty').hidden = true;
    rows.prepend(template.content);
    const oldest = rows.lastElementChild;
    if (rows.children.length > Number(log.dataset.shown) && !oldest.contains(document.activeElement)) {
      oldest.remove();
    }
    if (anchor) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: 'instant' });
  }

  // The row that has the focus, or else the first one that is still in sight where one has scrolled into the log.
  function anchored() {
    const focused = document.activeElement?.closest('tbody tr');
    if (focused) return focused;
    if (rows.getBoundingClientRect().top >= 0) return undefined;
    return [...rows.children].find((row) => row.getBoundingClientRect().bottom > 0);
  }

  document.addEventListener('keydown', (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('select, input')) return;
    const links = [...rows.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    links[at === -1 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
  });

  // A browser keeps few connections to one site: a page that nobody sees needs none.
  document.addEventListener('visibilitychange', () => {
    source?.close();
    if (!document.hidden) connect();
  });
  if (!document.hidden) connect();
})();
`;
