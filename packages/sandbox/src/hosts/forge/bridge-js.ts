/**
 * Runs in a custom UI page before its own scripts. The page has an origin of its own that no other page has
 * ("null"), so the page around it is known by its window alone.
 */
export const bridgeJs: string = `(() => {
  'use strict';
  const waiting = new Map();
  let nextId = 1;
  // The page around may come to its script after this one: what is asked before it listens would be lost.
  let hear;
  const heard = new Promise((resolve) => {
    hear = resolve;
  });

  addEventListener('message', (event) => {
    if (event.source !== window.parent) return;
    const { countersign, id, value, error } = event.data ?? {};
    if (countersign === 'forge-listening') hear();
    const pending = countersign === 'forge-answer' ? waiting.get(id) : undefined;
    if (!pending) return;
    waiting.delete(id);
    if (error === undefined) pending.resolve(value);
    else pending.reject(new Error(error));
  });

  window.parent.postMessage({ countersign: 'forge-hello' }, '*');

  async function ask(what, input) {
    await heard;
    return new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      window.parent.postMessage({ countersign: 'forge-ask', id, what, input }, '*');
    });
  }

  window.forgeBridge = {
    invokeRemote: (input) => ask('invokeRemote', input),
    requestJira: async (path, options = {}) => {
      const { status, body } = await ask('requestJira', { ...options, path });
      return new Response(status === 204 ? null : body, { status });
    },
    view: { getContext: () => ask('getContext') },
  };
})();
`;

/** The other end: what the site's page around the frame runs. */
export const bridgeHostJs: string = `(() => {
  'use strict';
  const frames = () => [...document.querySelectorAll('iframe[data-forge-app]')];
  const listening = { countersign: 'forge-listening' };

  addEventListener('message', async (event) => {
    const { countersign, id, what, input } = event.data ?? {};
    const frame = frames().find((each) => each.contentWindow === event.source);
    if (!frame) return;
    if (countersign === 'forge-hello') event.source.postMessage(listening, '*');
    if (countersign !== 'forge-ask') return;
    const answer = { countersign: 'forge-answer', id };
    try {
      const { forgeApp: app, module, issue: issueKey, user } = frame.dataset;
      const response = await fetch('/_sandbox/forge/bridge', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ app, module, issueKey: issueKey || undefined, user, what, input }),
      });
      const told = await response.json();
      if (response.ok) answer.value = told.value;
      else answer.error = told.error;
    } catch (error) {
      answer.error = error.message;
    }
    event.source.postMessage(answer, '*');
  });
  for (const frame of frames()) frame.contentWindow?.postMessage(listening, '*');
})();
`;
