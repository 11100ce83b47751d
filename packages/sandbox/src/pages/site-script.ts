/**
 * What every page of the site runs: keys, the theme without a reload, and menus that close. Without it, all of this is
 * done by links and forms.
 */
export const siteJs: string = `(() => {
  'use strict';
  const form = document.querySelector('[data-theme-form]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const response = await fetch(form.action, { method: 'POST', headers: { accept: 'application/json' } });
    const { theme } = await response.json();
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    form.querySelector('[data-theme-name]').textContent = theme;
  });

  const menu = document.querySelector('[data-menu]');
  document.addEventListener('click', (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  // A click into a frame is heard nowhere else.
  addEventListener('blur', () => (menu.open = false));

  // On a narrow screen the entry of this page may be out of sight.
  const bar = document.querySelector('header nav');
  const current = bar.querySelector('[aria-current]');
  if (current) bar.scrollLeft = current.offsetLeft - bar.offsetLeft - 60;

  const links = [...document.querySelectorAll('nav a[data-key]')];
  let goes = false;
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && menu.open) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, select, textarea, dialog')) return;
    const link = goes && links.find(({ dataset }) => dataset.key === event.key);
    goes = event.key === 'g' && !goes;
    if (link) link.click();
    else if (event.key === '/') goToSearch(event);
    else if (event.key === '?') showKeys();
    else if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
  });

  function goToSearch(event) {
    const field = document.querySelector('[data-search]');
    event.preventDefault();
    if (field) field.focus();
    else location.assign('/issues#search');
  }
  if (location.hash === '#search') document.querySelector('[data-search]')?.focus();

  function step(by) {
    const rows = [...document.querySelectorAll('[data-rows] tbody a:first-of-type')];
    if (rows.length === 0) return;
    const at = rows.indexOf(document.activeElement);
    rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
  }

  function showKeys() {
    const keys = [
      ...links.map((link) => ['g ' + link.dataset.key, link.textContent]),
      ['/', 'Search issues'],
      ['j, k', 'Next and previous row of a list'],
      ['Esc', 'Close'],
    ];
    const dialog = document.createElement('dialog');
    dialog.className = 'keys';
    const heading = document.createElement('h2');
    heading.textContent = 'Keys';
    const list = document.createElement('dl');
    for (const [key, what] of keys) {
      const term = document.createElement('dt');
      const sign = document.createElement('kbd');
      sign.textContent = key;
      term.append(sign);
      const meaning = document.createElement('dd');
      meaning.textContent = what;
      list.append(term, meaning);
    }
    dialog.append(heading, list);
    dialog.addEventListener('close', () => dialog.remove());
    dialog.addEventListener('click', () => dialog.close());
    document.body.append(dialog);
    dialog.showModal();
  }
})();
`;
