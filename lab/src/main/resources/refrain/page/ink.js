/**
 * Colours, dashes and marks: those of the reports, so that a variant looks the same there and here.
 * Colour is never the only sign.
 */

const INKS = {
  paper: ['#ffffff', '#15181c'],
  field: ['#f2f4f6', '#1f242a'],
  rule: ['#d8dde2', '#363d45'],
  muted: ['#59636e', '#9aa5b1'],
  text: ['#1b1f24', '#e4e7ea'],
  c0: ['#1a5fa6', '#79b3f2'],
  c1: ['#b3420a', '#f2955c'],
  c2: ['#0a7457', '#4fc79f'],
  c3: ['#86389a', '#d394e0'],
  c4: ['#806000', '#dbb748'],
  c5: ['#a82a5a', '#f2839f'],
  c6: ['#2c6f86', '#75c5dd'],
  c7: ['#5a5f2a', '#b7bd76'],
};
const SLOTS = 8;
const DASHES = [[], [7, 3], [2, 2.5], [9, 3, 2, 3], [12, 3, 4, 3], [4, 2], [1, 3], [14, 4]];

/** @typedef {Record<string, string> & {dark: boolean}} Ink */

const make = (i) => Object.assign({ dark: i === 1 }, Object.fromEntries(Object.entries(INKS).map(([k, v]) => [k, v[i]])));
export const LIGHT = /** @type {Ink} */ (make(0));
export const DARK = /** @type {Ink} */ (make(1));

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const CHOSEN = 'refrain.scheme';

/** "light", "dark" or "auto", as the reader chose. */
export const chosenScheme = () => localStorage.getItem(CHOSEN) ?? 'auto';

const isDark = () => (chosenScheme() === 'auto' ? prefersDark.matches : chosenScheme() === 'dark');

/** The inks of the present scheme. */
export const ink = () => (isDark() ? DARK : LIGHT);

export function setScheme(name) {
  localStorage.setItem(CHOSEN, name);
  showScheme();
}

/** Puts the scheme on the document, where the style sheet reads it. */
export function showScheme() {
  document.documentElement.dataset.scheme = isDark() ? 'dark' : 'light';
}

/** Calls `draw` when the system changes between light and dark. */
export function watchScheme(draw) {
  prefersDark.addEventListener('change', () => {
    showScheme();
    draw();
  });
}

/** How the series of a slot looks, as `refrain.draw.Style` does it. */
export function look(slot) {
  const i = slot % SLOTS;
  return { ink: `c${i}`, dash: DASHES[(i + 3 * Math.floor(slot / SLOTS)) % DASHES.length] };
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function ramp(stops) {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(at));
    const [a, b] = [stops[k], stops[k + 1]];
    const c = a.map((v, j) => Math.round(v + (at - k) * (b[j] - v)));
    table[i] = (255 << 24) | (c[2] << 16) | (c[1] << 8) | c[0];
  }
  return table;
}

const tables = new Map();
function table(name, dark, stops) {
  const key = name + dark;
  if (!tables.has(key)) tables.set(key, ramp(stops.map(rgb)));
  return /** @type {Uint32Array} */ (tables.get(key));
}

/** 256 colours (ABGR words) from paper to ink: 0 is nothing. Lightness alone orders them. */
export const sequential = (k) =>
  table('seq', k.dark, k.dark ? ['#1c2127', '#1f4a78', '#4f93dd', '#c4e0ff'] : ['#f4f6f8', '#a9cbee', '#3d82c8', '#0b315c']);

/** 256 colours from blue over paper to orange; the middle, 128, is no difference. */
export const diverging = (k) =>
  table('div', k.dark, k.dark ? ['#79b3f2', '#29415c', '#1c2127', '#5c3a24', '#f2955c'] : ['#1a5fa6', '#b4d0ea', '#f7f7f7', '#f3cdb5', '#b3420a']);

/** A word of a table as CSS. */
export const css = (word) => `rgb(${word & 255} ${(word >> 8) & 255} ${(word >> 16) & 255})`;
