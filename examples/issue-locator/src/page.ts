/** What the panel shows of an issue. */
export interface LocatorState {
  location: string | null;
  /** What is chosen in the list at first. */
  suggested: string | null;
  locations: readonly string[];
}

/** The panel that Connect shows: a form that proves with a context token who it is shown to. Forge shows static/. */
export function locatorPage({ suggested, locations }: LocatorState, allJsUrl: string): string {
  const options = locations
    .map((name) => `<option${name === suggested ? ' selected' : ''}>${name}</option>`)
    .join('');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>Location</title>
<style>
  :root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
  form { display: flex; gap: .5rem; align-items: end; flex-wrap: wrap; }
  select, button { font: inherit; padding: .3rem .6rem; }
</style>
<form>
  <label>Site location<br><select name="location">${options}</select></label>
  <button>Save</button>
  <output role="status"></output>
</form>
<script src="${allJsUrl}"></script>
<script type="module">
  const form = document.querySelector('form');
  const output = document.querySelector('output');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    output.value = 'Saving…';
    const token = await AP.context.getToken();
    const response = await fetch('locate', {
      method: 'POST',
      headers: { authorization: 'JWT ' + token, 'content-type': 'application/json' },
      body: JSON.stringify({ location: form.location.value }),
    });
    output.value = response.ok ? 'Saved.' : (await response.json()).error;
  });
</script>
</html>`;
}
