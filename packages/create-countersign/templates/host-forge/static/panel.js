// The bridge to Forge. The sandbox brings its own; for Forge it is bundled once, next to this file: see README.md.
const { invokeRemote, view } = globalThis.forgeBridge ?? (await import('./forge-bridge.js'));

const output = document.querySelector('output');
view.theme?.enable();
try {
  // Forge adds the token that says who looks at which issue.
  const { name, issue } = await invokeRemote({ path: '/greeting', method: 'GET' });
  output.value = issue ? `Hello ${name}! This is ${issue.key}: ${issue.summary}` : `Hello ${name}!`;
} catch {
  output.value = 'The app does not answer. Reload the page.';
}
