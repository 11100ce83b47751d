// The bridge to Forge. A sandbox brings its own; for Forge it is bundled once, next to this file:
//   npm install --no-save @forge/bridge esbuild
//   echo "export { invokeRemote, view } from '@forge/bridge'" | npx esbuild --bundle --format=esm --outfile=static/forge-bridge.js
const { invokeRemote, view } = globalThis.forgeBridge ?? (await import('./forge-bridge.js'));

const form = document.querySelector('form');
const output = document.querySelector('output');
const select = document.querySelector('select');
const save = document.querySelector('button');

view.theme?.enable();

// Forge adds the token that says which issue this is, and who looks at it.
try {
  const { location, suggested, locations } = await invokeRemote({
    path: '/locator',
    method: 'GET',
  });
  select.append(
    ...locations.map((name) => new Option(name, name, name === suggested, name === suggested)),
  );
  select.disabled = false;
  save.disabled = false;
  output.value = location === null ? 'Not set yet.' : '';
} catch {
  output.value = 'The app does not answer. Reload the page.';
}
form.removeAttribute('aria-busy');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  output.value = 'Saving…';
  try {
    await invokeRemote({
      path: '/locate',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: { location: select.value },
    });
    output.value = 'Saved.';
  } catch {
    output.value = 'It was not saved. Try again.'; // Forge does not tell a page why.
  }
});
