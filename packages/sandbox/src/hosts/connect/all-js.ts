/**
 * What an app's page loads as <script src="<site>/atlassian-connect/all.js">. It asks the page around
 * it, and that page is the site's: messages go to the origin that this script came from, and only
 * answers from there are believed.
 */
export const allJs: string = `(() => {
  'use strict';
  const siteOrigin = new URL(document.currentScript.src).origin;
  const waiting = new Map();
  let nextId = 1;

  addEventListener('message', (event) => {
    if (event.origin !== siteOrigin || event.source !== window.parent) return;
    const { countersign, id, value, error } = event.data ?? {};
    const pending = countersign === 'answer' ? waiting.get(id) : undefined;
    if (!pending) return;
    waiting.delete(id);
    if (error === undefined) pending.resolve(value);
    else pending.reject(new Error(error));
  });

  function ask(what, callback) {
    const answer = new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      window.parent.postMessage({ countersign: 'ask', id, what }, siteOrigin);
    });
    if (typeof callback === 'function') answer.then(callback, () => {});
    return answer;
  }

  window.AP = {
    context: {
      getToken: (callback) => ask('token', callback),
      getContext: (callback) => ask('context', callback),
    },
    resize: () => {},
    sizeToParent: () => {},
  };
})();
`;

/**
 * The other end: what the site's issue page runs. A frame is asked for by its window and answered at
 * the origin of its app, so a page of another origin inside the frame gets nothing.
 */
export const frameHostJs: string = `(() => {
  'use strict';
  addEventListener('message', async (event) => {
    const { countersign, id, what } = event.data ?? {};
    if (countersign !== 'ask') return;
    const frame = [...document.querySelectorAll('iframe[data-app]')].find(
      (each) => each.contentWindow === event.source,
    );
    if (!frame || event.origin !== frame.dataset.origin) return;
    const answer = { countersign: 'answer', id };
    try {
      if (what === 'token') answer.value = await fetchToken(frame.dataset);
      else if (what === 'context') answer.value = JSON.parse(frame.dataset.context);
      else throw new Error('The sandbox does not know ' + String(what) + '.');
    } catch (error) {
      answer.error = error.message;
    }
    event.source.postMessage(answer, frame.dataset.origin);
  });

  async function fetchToken({ app, issue }) {
    const response = await fetch('/_sandbox/api/apps/' + encodeURIComponent(app) + '/context-token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ issueKey: issue }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer.token;
  }
})();
`;
