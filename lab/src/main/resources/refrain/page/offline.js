/**
 * The page without a server. A page that was saved as one file holds the answers that its view
 * needs; everything else it says it does not have. With a server, what was asked is noted, for the
 * day that the view is saved.
 */

/** Most answers that are noted; the oldest are forgotten. */
const NOTED = 600;

/** What of a request says how it is answered and not what. */
const HOW = ['most', 'near', 'steps', 'for'];

/**
 * @typedef {object} Holding
 * @property {string} made when, ISO-8601
 * @property {string} query the state
 * @property {string[]} has in words
 * @property {string[]} lacks in words
 * @property {Record<string, string>} answers gzip in base64, by what was asked
 */

/** @returns {Holding|null} */
function read() {
  const element = document.getElementById('inside');
  return element ? JSON.parse(element.textContent) : null;
}

/** What this file holds; null: this page has a server. */
export const inside = read();

const noted = new Map();

/** What was asked, in one text. @param {RequestInit} [init] */
export function question(path, init = {}) {
  if (!init.body) return path;
  const body = JSON.parse(String(init.body));
  HOW.forEach((name) => delete body[name]);
  return `${path} ${JSON.stringify(body)}`;
}

/** Notes what was asked; columns of metrics one by one, from their beginning. */
export function note(path, init = {}) {
  if (path.startsWith('events') || path === 'jobs' || path === 'offline' || init.control) return;
  const series = /^(runs\/[^/]+\/series\?keys=)([^&]*)&/.exec(path);
  const asked = series ? series[2].split(',').map((key) => [`${series[1]}${key}&from=0`, {}]) : [[path, init]];
  for (const [p, i] of asked) {
    const key = question(p, i);
    noted.delete(key);
    noted.set(key, { path: p, init: { method: i.method, headers: i.headers, body: i.body } });
  }
  while (noted.size > NOTED) noted.delete(noted.keys().next().value);
}

/** All that was asked, the newest first. */
export const asked = () => [...noted].reverse();

export const has = (path) => inside !== null && question(path) in inside.answers;

/** An answer that lies in the file; null: it does not. */
export function answer(path, init = {}) {
  const held = /** @type {Holding} */ (inside).answers[question(path, init)];
  return held === undefined ? null : new Response(new Blob([bytes(held)]).stream().pipeThrough(new DecompressionStream('gzip')));
}

function bytes(base64) {
  const text = atob(base64);
  const result = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
  return result;
}
