/**
 * Checks as one types. What the form holds goes to the site that served the page, in the body of a POST, and is kept
 * nowhere. Without this script the form does the same when it is sent.
 */
export const inspectorJs: string = `(() => {
  'use strict';
  const form = document.querySelector('form[data-inspector]');
  const parts = { verdict: document.getElementById('verdict'), details: document.getElementById('details') };
  const pause = 250;
  let timer;
  let running;

  function show(name, text) {
    // What has not changed is left alone: it would be read aloud again, and a list that is open would close.
    if (parts[name].dataset.shown === text) return;
    parts[name].dataset.shown = text;
    parts[name].innerHTML = text;
  }

  async function check() {
    clearTimeout(timer);
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const response = await fetch(form.action + '/checks', {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
        signal: mine.signal,
      });
      const answer = await response.json();
      show('verdict', answer.verdict);
      show('details', answer.details);
    } catch {
      if (mine.signal.aborted) return;
      show('verdict', '<p class="mark"><span class="badge bad">cannot be checked</span></p><p class="last">The site does not answer. Is it still running? Start it, and type on.</p>');
      show('details', '');
    }
  }

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(check, pause);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void check();
  });
  // A link to a field puts the cursor there.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field || !form.contains(field)) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: 'center' });
  });
})();
`;
