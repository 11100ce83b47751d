/**
 * What an app's page loads as <script src="<site>/atlassian-connect/all.js">: a stand-in for Atlassian's script of that
 * name, written for the sandbox. It asks the page around it, and that page is the site's: messages go to the origin
 * that this script came from, and only what comes from there is believed. What it has of the original is in
 * pageCoverage.
 */
export const allJs: string = `(() => {
  'use strict';
  const script = document.currentScript;
  const siteOrigin = new URL(script.src).origin;
  const options = new Map(
    (script.dataset.options ?? '').split(';').map((pair) => pair.split(':').map((part) => part.trim())),
  );
  const waiting = new Map();
  let nextId = 1;

  addEventListener('message', (event) => {
    if (event.origin !== siteOrigin || event.source !== window.parent) return;
    const { countersign, id, value, error, name, args } = event.data ?? {};
    if (countersign === 'event') receive(name, args);
    const pending = countersign === 'answer' ? waiting.get(id) : undefined;
    if (!pending) return;
    waiting.delete(id);
    if (error === undefined) pending.resolve(value);
    else pending.reject(new Error(error));
  });

  function ask(what, input) {
    return new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      window.parent.postMessage({ countersign: 'ask', id, what, input }, siteOrigin);
    });
  }

  // With a callback, a failure is nobody's: the original says nothing then either.
  function answerTo(answer, callback) {
    if (typeof callback === 'function') answer.then(callback, () => {});
    return answer;
  }

  // What has no answer. A failure belongs into the console, where its author looks.
  function tell(what, input) {
    ask(what, input).catch((error) => console.warn('AP: ' + error.message));
  }

  // Events between the frames of this app on one page.
  const listeners = [];
  const any = Symbol('any');
  const listen = (name, listener, once) => void listeners.push({ name, listener, once });
  const forget = (fits) => {
    for (let at = listeners.length - 1; at >= 0; at -= 1) if (fits(listeners[at])) listeners.splice(at, 1);
  };
  function receive(name, args) {
    if (name.startsWith('countersign.')) return own[name]?.(...args);
    for (const entry of [...listeners]) {
      if (entry.name !== name && entry.name !== any) continue;
      if (entry.once) forget((each) => each === entry);
      if (entry.name === any) entry.listener(name, ...args);
      else entry.listener(...args, { name, args });
    }
  }

  // What the site says to this frame alone.
  const ended = new Map();
  let themed = false;
  const own = {
    'countersign.ended': (id, data) => {
      for (const listener of ended.get(id) ?? []) listener(data);
      ended.delete(id);
    },
    'countersign.theme': (theme) => themed && showTheme(theme),
  };
  function showTheme(theme) {
    document.documentElement.dataset.colorMode = theme;
    document.documentElement.dataset.theme = 'light:light dark:dark';
  }

  // A dialog or a flag: it is there at once, and hears when it ends.
  function opened(what, input, more) {
    const endListeners = [];
    const id = ask(what, input).then((given) => {
      ended.set(given, endListeners);
      return given;
    });
    id.catch((error) => console.warn('AP: ' + error.message));
    return {
      on: (event, listener) => void (event === 'close' && endListeners.push(listener)),
      ...more(id),
    };
  }

  function dialogButton(name) {
    const change = (action) => tell('dialog.button', { name, action });
    return {
      name,
      enable: () => change('enable'),
      disable: () => change('disable'),
      toggle: () => change('toggle'),
      show: () => change('show'),
      hide: () => change('hide'),
      trigger: () => change('click'),
      isEnabled: (callback) => void answerTo(ask('dialog.button', { name, action: 'isEnabled' }), callback),
      bind: (listener) =>
        listen('dialog.button.click', ({ button }) => void (button.name === name && listener())),
    };
  }

  function request(first, second) {
    const { success, error, ...input } =
      typeof first === 'string' ? { ...second, url: first } : { ...first };
    const answer = ask('request', input).then(
      ({ status, statusText, headers, body }) => {
        const xhr = {
          status,
          statusText,
          responseText: body,
          getResponseHeader: (name) => headers[String(name).toLowerCase()] ?? null,
          getAllResponseHeaders: () =>
            Object.entries(headers).map(([name, value]) => name + ': ' + value).join('\\r\\n'),
        };
        if (status >= 200 && status < 300) {
          success?.(body, 'success', xhr);
          return { body, xhr };
        }
        error?.(xhr, 'error', statusText);
        throw { xhr, statusText: 'error', errorThrown: statusText };
      },
      (failure) => {
        const xhr = { status: 0, statusText: 'error', responseText: failure.message };
        error?.(xhr, 'error', failure.message);
        throw { xhr, statusText: 'error', errorThrown: failure.message };
      },
    );
    if (error) answer.catch(() => {});
    return answer;
  }

  window.AP = {
    context: {
      getToken: (callback) => answerTo(ask('token'), callback),
      getContext: (callback) => answerTo(ask('context'), callback),
    },
    getLocation: (callback) => answerTo(ask('location'), callback),
    resize: (width, height) => {
      keepsSize = true;
      tell('resize', { width: width ?? '100%', height: height ?? contentHeight() });
    },
    sizeToParent: () => {
      keepsSize = true;
      tell('sizeToParent');
    },
    request,
    user: {
      getCurrentUser: (callback) => answerTo(ask('user').then((user) => user.currentUser), callback),
      getTimeZone: (callback) => answerTo(ask('user').then((user) => user.timeZone), callback),
      getLocale: (callback) => answerTo(ask('user').then((user) => user.locale), callback),
    },
    events: {
      on: (name, listener) => listen(name, listener, false),
      once: (name, listener) => listen(name, listener, true),
      onAny: (listener) => listen(any, listener, false),
      off: (name, listener) => forget((each) => each.name === name && each.listener === listener),
      offAll: (name) => forget((each) => (name === undefined ? each.name !== any : each.name === name)),
      offAny: (listener) => forget((each) => each.name === any && each.listener === listener),
      emit: (name, ...args) => tell('emit', { name: String(name), args }),
    },
    dialog: {
      create: (input) => opened('dialog.create', input, () => ({})),
      close: (data) => tell('dialog.close', { data }),
      getCustomData: (callback) => answerTo(ask('dialog.customData'), callback),
      getButton: dialogButton,
      disableCloseOnSubmit: () => tell('dialog.keepOnSubmit'),
    },
    flag: {
      create: (input) =>
        opened('flag.create', input, (id) => ({ close: () => void id.then((given) => tell('flag.close', { id: given })) })),
    },
    navigator: {
      go: (target, context) => tell('go', { target, context }),
      getLocation: (callback) => answerTo(ask('place'), callback),
      reload: () => tell('reload'),
    },
    history: {
      getState: (callback) => answerTo(ask('history', { action: 'get' }), callback),
      pushState: (state) => tell('history', { action: 'push', state: String(state) }),
      replaceState: (state) => tell('history', { action: 'replace', state: String(state) }),
      popState: (listener) => listen('history.popstate', listener, false),
    },
    theming: {
      initializeTheming: async () => {
        themed = true;
        showTheme(await ask('theme'));
      },
    },
    jira: { refreshIssuePage: () => tell('refreshIssuePage') },
  };

  // Escape inside of a dialog's frame is not heard outside of it.
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) ask('dialog.escape').catch(() => {});
  });

  // The frame is as high as what it shows, as Jira does it, until the page says otherwise.
  let keepsSize = options.get('resize') === 'false' || options.get('sizeToParent') === 'true';
  if (options.get('sizeToParent') === 'true') tell('sizeToParent');
  function contentHeight() {
    const content = document.querySelector('.ac-content, #content') ?? document.body;
    const { marginTop, marginBottom } = getComputedStyle(content);
    const below = content === document.body ? 0 : content.getBoundingClientRect().top + scrollY;
    return Math.ceil(content.offsetHeight + parseFloat(marginTop) + parseFloat(marginBottom) + below);
  }
  let last;
  function fit() {
    if (keepsSize || !document.body) return;
    const now = { frame: innerHeight, content: contentHeight() };
    // What grows with its frame would grow for ever.
    if (last && now.frame > last.frame && now.content - last.content >= now.frame - last.frame) {
      keepsSize = true;
      return;
    }
    if (now.content > 0 && now.content !== last?.content) {
      tell('resize', { width: '100%', height: now.content });
    }
    last = now;
  }
  function follow() {
    fit();
    new ResizeObserver(fit).observe(document.querySelector('.ac-content, #content') ?? document.body);
  }
  if (document.body && document.readyState !== 'loading') follow();
  else addEventListener('DOMContentLoaded', follow);
})();
`;
