/**
 * The other end of all.js: what the site's pages with frames of apps run. A frame is known by its window and answered
 * at the origin of its app, so that a page of another origin inside of the frame gets nothing.
 */
export const frameHostJs: string = `(() => {
  'use strict';
  const frames = () => [...document.querySelectorAll('iframe[data-app]')];
  const send = (frame, message) => frame.contentWindow?.postMessage(message, frame.dataset.origin);
  const sendEvent = (frame, name, ...args) => send(frame, { countersign: 'event', name, args });
  const sendToApp = (app, name, ...args) => {
    for (const frame of frames()) if (frame.dataset.app === app) sendEvent(frame, name, ...args);
  };
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  addEventListener('message', async (event) => {
    const { countersign, id, what, input } = event.data ?? {};
    if (countersign !== 'ask') return;
    const frame = frames().find((each) => each.contentWindow === event.source);
    if (!frame || event.origin !== frame.dataset.origin) return;
    const answer = { countersign: 'answer', id };
    try {
      answer.value = Object.hasOwn(here, what)
        ? await here[what](frame, input ?? {})
        : await askSite(frame, what, input);
    } catch (error) {
      answer.error = error.message;
    }
    event.source.postMessage(answer, frame.dataset.origin);
  });

  async function askSite(frame, what, input) {
    const { app, issue, project, user } = frame.dataset;
    const response = await fetch('/_sandbox/frame', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ app, issueKey: issue, projectKey: project, user, what, input }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer.value;
  }

  const here = {
    location: () => location.href,
    resize(frame, { width, height }) {
      const dialog = dialogOf(frame);
      if (dialog) return;
      frame.style.width = lengthOf(width);
      frame.style.height = lengthOf(height);
    },
    sizeToParent(frame) {
      const below = document.querySelector('footer').offsetHeight + 40;
      const top = frame.getBoundingClientRect().top + scrollY;
      frame.style.height = Math.max(innerHeight - top - below, 300) + 'px';
    },
    emit: (frame, { name, args }) => sendToApp(frame.dataset.app, name, ...args),
    'dialog.create': openDialog,
    'dialog.close'(frame, { data }) {
      const open = dialogOf(frame) ?? dialogs.findLast((each) => each.app === frame.dataset.app);
      if (!open) throw new Error('There is no dialog to close.');
      closeDialog(open, data);
    },
    'dialog.customData': (frame) => dialogOf(frame)?.options.customData,
    'dialog.keepOnSubmit'(frame) {
      requireDialog(frame).keepsOnSubmit = true;
    },
    'dialog.escape'(frame) {
      const open = dialogOf(frame);
      if (open && open.options.closeOnEscape !== false) closeDialog(open);
    },
    'dialog.button'(frame, { name, action }) {
      const button = requireDialog(frame).buttons.get(name);
      if (!button) throw new Error('The dialog has no button ' + name + '.');
      if (action === 'isEnabled') return !button.disabled;
      if (action === 'enable') button.disabled = false;
      if (action === 'disable') button.disabled = true;
      if (action === 'toggle') button.disabled = !button.disabled;
      if (action === 'show') button.hidden = false;
      if (action === 'hide') button.hidden = true;
      if (action === 'click') button.click();
    },
    'flag.create': showFlag,
    'flag.close': (frame, { id }) => flags.get(id)?.close(),
    go(frame, { target, context }) {
      location.assign(urlOf(frame, target, context ?? {}));
    },
    place: (frame) =>
      frame.dataset.issue
        ? { target: 'issue', context: { issueKey: frame.dataset.issue } }
        : { target: 'addonModule', context: { addonKey: frame.dataset.app, moduleKey: frame.dataset.module } },
    reload: () => location.reload(),
    history(frame, { action, state }) {
      const url = '#!' + encodeURIComponent(state ?? '');
      if (action === 'push') history.pushState(undefined, '', url);
      if (action === 'replace') history.replaceState(undefined, '', url);
      return historyState();
    },
    theme: () => theme(),
    refreshIssuePage: refresh,
  };

  function lengthOf(value) {
    const text = String(value);
    return /^\\d+(\\.\\d+)?$/.test(text) ? text + 'px' : /^\\d+(\\.\\d+)?(px|%|vh|vw|em|rem)$/.test(text) ? text : '';
  }

  function urlOf(frame, target, context) {
    const kind = String(target).toLowerCase();
    if (kind === 'issue') return '/browse/' + encodeURIComponent(context.issueKey);
    if (kind === 'addonmodule') {
      const path = [context.addonKey ?? frame.dataset.app, context.moduleKey].map(encodeURIComponent);
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(context.customData ?? {})) query.set('ac.' + name, value);
      return '/plugins/servlet/ac/' + path.join('/') + '?' + query;
    }
    if (kind === 'site') {
      const url = new URL(context.relativeUrl ?? context.absoluteUrl ?? '', location.origin);
      if (url.origin === location.origin) return url.href;
      throw new Error('AP.navigator.go() leads to the pages of this site only.');
    }
    throw new Error('The sandbox has no target ' + target + '.');
  }

  const historyState = () => (location.hash.startsWith('#!') ? decodeURIComponent(location.hash.slice(2)) : '');
  addEventListener('popstate', () => {
    for (const frame of frames()) sendEvent(frame, 'history.popstate', { newURL: location.href, state: historyState() });
  });

  // The parts of the page that are the issue's; frames and what is typed stay as they are.
  async function refresh() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    for (const part of document.querySelectorAll('[data-refresh]')) {
      const fresh = page.querySelector('[data-refresh="' + part.dataset.refresh + '"]');
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
  }

  const darkness = matchMedia('(prefers-color-scheme: dark)');
  const theme = () => document.documentElement.dataset.theme ?? (darkness.matches ? 'dark' : 'light');
  const tellTheme = () => {
    for (const frame of frames()) sendEvent(frame, 'countersign.theme', theme());
  };
  darkness.addEventListener('change', tellTheme);
  new MutationObserver(tellTheme).observe(document.documentElement, { attributeFilter: ['data-theme'] });

  let nextId = 1;
  const dialogs = [];
  const dialogOf = (frame) => dialogs.find((each) => each.frame === frame);
  function requireDialog(frame) {
    const open = dialogOf(frame);
    if (!open) throw new Error('This page is in no dialog.');
    return open;
  }

  async function openDialog(opener, options) {
    const page = await askSite(opener, 'page', { key: options.key });
    const { app, issue, project, user } = opener.dataset;
    const frame = element('iframe', { title: page.name, src: page.url });
    frame.setAttribute('sandbox', opener.getAttribute('sandbox'));
    Object.assign(frame.dataset, { app, user, module: options.key, origin: page.origin });
    if (issue) frame.dataset.issue = issue;
    if (project) frame.dataset.project = project;
    const root = element('dialog', { className: 'app-dialog', ariaLabel: options.header ?? page.name });
    const open = { id: nextId++, app, opener, frame, root, options, buttons: new Map(), keepsOnSubmit: false };
    if (options.size) root.dataset.size = options.size;
    else {
      root.style.width = lengthOf(options.width ?? '');
      root.style.height = lengthOf(options.height ?? '');
    }
    if (options.chrome) root.append(element('h2', { textContent: options.header ?? page.name }));
    root.append(frame);
    if (options.chrome) root.append(element('div', { className: 'buttons' }, ...dialogButtons(open)));
    root.addEventListener('cancel', (event) => {
      event.preventDefault();
      if (options.closeOnEscape !== false) closeDialog(open);
    });
    dialogs.push(open);
    document.body.append(root);
    root.showModal();
    // Whoever uses the keyboard goes on inside.
    frame.addEventListener('load', () => frame.focus());
    return open.id;
  }

  function dialogButtons(open) {
    const { options } = open;
    const button = (identifier, text, quiet) => {
      const made = element('button', { type: 'button', textContent: text, className: quiet ? 'quiet' : '' });
      open.buttons.set(identifier, made);
      made.addEventListener('click', () => {
        const told = { name: identifier, identifier, text };
        sendEvent(open.frame, 'dialog.button.click', { button: told });
        if (identifier === 'submit' || identifier === 'cancel') {
          sendEvent(open.frame, 'dialog.' + identifier, { button: told });
        }
        const closes = identifier === 'cancel' || (identifier === 'submit' && !open.keepsOnSubmit);
        // What the page does on the click comes first, also a close with data.
        if (closes) setTimeout(() => closeDialog(open), 100);
      });
      return made;
    };
    const own = (options.buttons ?? []).map((each) => button(each.identifier ?? each.text, each.text, true));
    return [
      ...(options.hint ? [element('span', { className: 'small soft', textContent: options.hint })] : []),
      ...own,
      button('cancel', options.cancelText ?? 'Close', true),
      button('submit', options.submitText ?? 'Submit', false),
    ];
  }

  function closeDialog(open, data) {
    const at = dialogs.indexOf(open);
    if (at === -1) return;
    dialogs.splice(at, 1);
    open.root.close();
    open.root.remove();
    sendEvent(open.opener, 'countersign.ended', open.id, data);
    sendToApp(open.app, 'dialog.close', data);
    open.opener.focus();
  }

  const flags = new Map();
  const flagSeconds = 8;
  function showFlag(frame, options) {
    const id = nextId++;
    const close = () => {
      if (!flags.delete(id)) return;
      root.remove();
      sendEvent(frame, 'countersign.ended', id);
      sendToApp(frame.dataset.app, 'flag.close', { flagIdentifier: id });
    };
    const kind = ['success', 'info', 'warning', 'error'].includes(options.type) ? options.type : 'info';
    const root = element(
      'section',
      { className: 'flag ' + kind },
      element('strong', { textContent: options.title ?? '' }),
      element('p', { textContent: options.body ?? '' }),
    );
    const actions = Object.entries(options.actions ?? {}).map(([actionIdentifier, text]) => {
      const action = element('button', { type: 'button', className: 'quiet', textContent: text });
      action.addEventListener('click', () =>
        sendToApp(frame.dataset.app, 'flag.action', { flagIdentifier: id, actionIdentifier }),
      );
      return action;
    });
    if (options.close !== 'never') {
      const dismiss = element('button', { type: 'button', className: 'quiet', textContent: 'Dismiss' });
      dismiss.addEventListener('click', close);
      actions.push(dismiss);
    }
    root.append(element('div', { className: 'actions' }, ...actions));
    flags.set(id, { close });
    flagsArea().append(root);
    if (options.close === 'auto') setTimeout(close, flagSeconds * 1000);
    return id;
  }

  // There before the first flag, so that a screen reader hears of it.
  addEventListener('DOMContentLoaded', flagsArea);
  function flagsArea() {
    const area = document.getElementById('flags') ?? element('div', { id: 'flags', className: 'flags' });
    area.setAttribute('role', 'status');
    if (!area.isConnected) document.body.append(area);
    return area;
  }
})();
`;
