import { type Html, html } from 'countersign';

/** The page that Jira shows beside an issue. It calls the app with a token of its session. */
export function panel(): Html {
  return html`<title>My Jira App</title>
<style>
  :root {
    background: var(--ds-surface, light-dark(#fff, #1d2125));
    color: var(--ds-text, light-dark(#172b4d, #dee4ea));
    font: 14px/1.5 system-ui, sans-serif;
  }
  body { margin: 8px; }
</style>
<output>Loading…</output>
<script type="module">
  import { session } from 'countersign/browser';

  const output = document.querySelector('output');
  const response = await session.fetch('greeting').catch(() => undefined);
  if (response?.ok) {
    const { name, issue } = await response.json();
    output.value = 'Hello ' + name + '!' + (issue ? ' This is ' + issue.key + ': ' + issue.summary : '');
  } else {
    output.value = 'The app does not answer. Reload the page.';
  }
</script>`;
}
