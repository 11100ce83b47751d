import { call } from './call.js';

const form = document.querySelector('form');
const output = document.querySelector('output');
const select = document.querySelector('select');
const save = document.querySelector('button');
const map = document.querySelector('.map');

/** The same choice twice: a pin on the map, and a line of the list. */
function choose(name) {
  select.value = name;
  for (const pin of map.querySelectorAll('input')) pin.checked = pin.value === name;
}

/** Where its name has room: over the oceans, and under Europe's coast. */
function sideOf(east) {
  if (east > -30 && east < 0) return 'below';
  return east > 0 && east < 100 ? 'right' : 'left';
}

function pinOf({ name, east, north }) {
  const pin = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'radio';
  input.name = 'pin';
  input.value = name;
  input.addEventListener('change', () => choose(name));
  const text = document.createElement('span');
  text.textContent = name;
  pin.append(input, text);
  pin.className = `pin ${sideOf(east)}`;
  // The map is drawn in degrees: see the viewBox of index.html.
  pin.style.setProperty('left', `${((east + 170) / 350) * 100}%`);
  pin.style.setProperty('top', `${((78 - north) / 134) * 100}%`);
  return pin;
}

try {
  const { location, suggested, places } = await call('location');
  select.append(...places.map(({ name }) => new Option(name)));
  map.append(...places.map(pinOf));
  choose(suggested ?? places[0].name);
  select.disabled = false;
  save.disabled = false;
  output.value = location === null ? 'Not set yet.' : '';
} catch {
  output.value = 'The app does not answer. Reload the page.';
}
form.removeAttribute('aria-busy');

select.addEventListener('change', () => choose(select.value));
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  output.value = 'Saving…';
  try {
    await call('locate', { location: select.value });
    output.value = 'Saved.';
  } catch (error) {
    output.value = error.message;
  }
});
