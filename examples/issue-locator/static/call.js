// How the panel calls the app. Connect or Forge shows it; the rest of the page does not know which.
const isConnect = document.querySelector('meta[name=countersign-session]') !== null;
const callByHost = isConnect ? await byConnect() : await byForge();

/**
 * Sends `body` to a path of the app, or gets what is there.
 * @returns what the app answered, as JSON.
 * @throws where it refuses, with what to tell whoever looks at the page.
 */
export const call = (path, body) => callByHost(path, body);

async function byConnect() {
  const { session } = await import('countersign/browser');
  return async (path, body) => {
    const response = await session.fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) {
      if (body !== undefined) globalThis.AP?.jira?.refreshIssuePage?.(); // the issue shows what was written
      return response.json();
    }
    if (response.status === 403) throw new Error('You may not edit this issue.');
    throw new Error('It was not saved. Try again.');
  };
}

async function byForge() {
  // A sandbox brings its own bridge; for Forge it is bundled once, next to this file:
  //   npm install --no-save @forge/bridge esbuild
  //   echo "export { invokeRemote, view } from '@forge/bridge'" | npx esbuild --bundle --format=esm --outfile=static/forge-bridge.js
  const { invokeRemote, view } = globalThis.forgeBridge ?? (await import('./forge-bridge.js'));
  view.theme?.enable();
  return async (path, body) => {
    try {
      // Forge adds the token that says which issue this is, and who looks at it.
      return await invokeRemote({
        path: `/${path}`,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body }),
      });
    } catch {
      throw new Error('It was not saved. Try again.'); // Forge does not tell a page why.
    }
  };
}
