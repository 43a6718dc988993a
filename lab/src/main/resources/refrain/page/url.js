/**
 * The address holds the whole state, so that a view can be sent to somebody and Back undoes a
 * gesture. A gesture is one entry of the history, however many frames it was drawn in.
 */
import { inside } from './offline.js';
import { DEFAULTS } from './store.js';

const LISTS = new Set(['runs', 'keys', 'edits']);
const NUMBERS = new Set(['step', 'pin', 'token', 'smooth']);
const REST_MS = 150;
const VIEWS = new Set(['time', 'heads', 'attention', 'causes', 'run', 'glossary', 'start', 'study']);

/** Where the state stands: in the query, or of a saved file in the fragment. */
export const here = () => (inside ? location.hash.slice(1) || inside.query : location.search);

/** @param {string} query */
export function read(query) {
  const state = { ...DEFAULTS };
  for (const [key, value] of new URLSearchParams(query)) {
    if (!(key in DEFAULTS)) continue;
    if (LISTS.has(key)) state[key] = value.split(',').filter(Boolean);
    else if (NUMBERS.has(key)) state[key] = Number.isFinite(Number(value)) ? Number(value) : DEFAULTS[key];
    else if (key === 'zoom') state.zoom = range(value);
    else state[key] = value;
  }
  if (!VIEWS.has(state.view)) state.view = DEFAULTS.view;
  return state;
}

function range(value) {
  const [low, high] = value.split('-').map(Number);
  return high > low ? /** @type {[number, number]} */ ([low, high]) : null;
}

/** The query of a state; what is as by default is left out. */
export function write(state) {
  const parts = [];
  for (const key of Object.keys(DEFAULTS)) {
    const value = state[key];
    if (value === null || JSON.stringify(value) === JSON.stringify(DEFAULTS[key])) continue;
    const text = key === 'zoom' ? value.map((v) => +v.toFixed(2)).join('-') : String(value);
    parts.push(`${key}=${encodeURIComponent(text).replace(/%2C/g, ',')}`);
  }
  return parts.length ? `?${parts.join('&')}` : location.pathname;
}

/** Keeps the address and the store the same from now on. */
export function follow(store) {
  if (inside) return store.subscribe(Object.keys(DEFAULTS), (state) => history.replaceState(null, '', `#${write(state).replace(/^[^?]*\??/, '')}`));
  let gesture = 0;
  let written = 0;
  let quiet = false;
  let last = 0;
  let timer = 0;
  const begin = () => gesture++;
  addEventListener('pointerdown', begin, true);
  addEventListener('change', begin, true);
  addEventListener('keydown', (e) => {
    // Taps on an arrow that follow each other are one walk.
    if (!e.repeat && e.timeStamp - last > 1000) begin();
    last = e.timeStamp;
  }, true);
  store.subscribe(Object.keys(DEFAULTS), (state) => {
    const query = write(state);
    if (quiet || query === (location.search || location.pathname)) {
      quiet = false;
      return;
    }
    if (gesture !== written) history.pushState(null, '', query);
    else {
      // Browsers count writes to the history and refuse too many: a drag is written when it rests.
      clearTimeout(timer);
      timer = setTimeout(() => history.replaceState(null, '', write(store.get())), REST_MS);
    }
    written = gesture;
  });
  addEventListener('popstate', () => {
    clearTimeout(timer);
    quiet = true;
    store.set(read(location.search));
    store.touch('home');
  });
}
