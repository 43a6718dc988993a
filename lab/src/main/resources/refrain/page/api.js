/**
 * What the server says. The token comes with the address's fragment, moves to the session and leaves
 * the address at once; every request carries it.
 */
import { answer, has, inside, note } from './offline.js';

const KEY = 'refrain.token';

/** The token of this tab, or null: the page was opened without one. */
export function takeToken() {
  if (inside) return 'none is needed';
  const match = /(?:^#|&)token=([^&]+)/.exec(location.hash);
  if (match) {
    sessionStorage.setItem(KEY, decodeURIComponent(match[1]));
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY);
}

/** A failure with what the server says about it. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body?.message ?? `the server answered ${status}`);
    this.status = status;
    this.where = body?.where ?? '';
    this.remedy = body?.remedy ?? '';
    this.fields = body?.fields ?? null;
  }
}

/** @param {string} path below /api @param {RequestInit} [init] */
async function ask(path, init = {}) {
  if (inside) {
    const held = answer(path, init);
    if (held) return held;
    throw new ApiError(0, { message: `${path.replace(/\?.*/, '')} is not in the saved file`, remedy: 'open the run in ./refrain serve to see it' });
  }
  note(path, init);
  const headers = { ...init.headers, Authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ''}` };
  let reply;
  try {
    reply = await fetch(`/api/${path}`, { ...init, headers });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new ApiError(0, { message: 'the server does not answer', remedy: 'start it again: ./refrain serve' });
  }
  if (reply.ok) return reply;
  let body = null;
  try {
    const said = await reply.json();
    body = { ...said.error, fields: said.fields };
  } catch {
    // An answer without JSON is reported by its status.
  }
  throw new ApiError(reply.status, body);
}

/** @param {AbortSignal} [signal] gives it up */
export const json = async (path, signal) => (await ask(path, { signal })).json();

/** What the server answers, as it is; it is not noted for saving. */
export const raw = (path, init = {}) => ask(path, { ...init, control: true });

/** Asks for something to be done. */
export async function order(path, body) {
  return (await post(path, body, { control: true })).json();
}

/** @returns {Promise<DataView>} */
const binary = async (path) => new DataView(await (await ask(path)).arrayBuffer());

/** Columns of the metrics from a row on; `columns[k]` has `rows` numbers, NaN where there is none. */
export async function series(id, keys, from) {
  return inside ? held(id, keys, from) : columns(id, keys, from);
}

async function columns(id, keys, from) {
  const view = await binary(`runs/${id}/series?keys=${keys.map(encodeURIComponent).join(',')}&from=${from}`);
  const rows = view.getUint32(0, true);
  const count = view.getUint32(4, true);
  const next = view.getUint32(8, true);
  const steps = new Float64Array(view.buffer, 16, rows);
  const all = Array.from({ length: count }, (_, k) => new Float32Array(view.buffer, 16 + 8 * rows + 4 * k * rows, rows));
  return { rows, next, steps, columns: all };
}

/** The same of a saved file, which holds them one by one; nothing is appended to it. */
async function held(id, keys, from) {
  const there = keys.filter((key) => has(`runs/${id}/series?keys=${encodeURIComponent(key)}&from=0`));
  if (!there.length) throw new ApiError(0, { message: `${keys.join(', ')}: not in the saved file`, remedy: 'open the run in ./refrain serve to see it' });
  const parts = new Map(await Promise.all(there.map(async (key) => /** @type {[string, any]} */ ([key, await columns(id, [key], 0)]))));
  const { rows, next, steps } = parts.get(there[0]);
  const none = new Float32Array(rows).fill(NaN);
  if (from > 0) return { rows: 0, next, steps: steps.subarray(0, 0), columns: keys.map(() => none.subarray(0, 0)) };
  return { rows, next, steps, columns: keys.map((key) => parts.get(key)?.columns[0] ?? none) };
}

/** A measure of every head: `values[(row * layers + layer) * heads + head]`. */
export async function heads(id, key) {
  const view = await binary(`runs/${id}/heads?key=${encodeURIComponent(key)}`);
  const rows = view.getUint32(0, true);
  const layers = view.getUint32(4, true);
  const perLayer = view.getUint32(8, true);
  const values = new Float32Array(view.buffer, 16 + 8 * rows, rows * layers * perLayer);
  return { rows, layers, heads: perLayer, steps: new Float64Array(view.buffer, 16, rows), values };
}

/** Loss by token index: `values[row * T + index]`. */
export async function lossByIndex(id) {
  const view = await binary(`runs/${id}/index`);
  const rows = view.getUint32(0, true);
  const T = view.getUint32(4, true);
  return { rows, T, steps: new Float64Array(view.buffer, 8, rows), values: new Float32Array(view.buffer, 8 + 8 * rows, rows * T) };
}

/** The stream of a film, as it is computed; `signal` gives it up. */
export async function film(id, body, signal) {
  return /** @type {ReadableStream<Uint8Array>} */ ((await post(`runs/${id}/film`, body, { signal })).body).getReader();
}

/**
 * Events until `signal` aborts; after a break it begins again, at first soon, then every ten
 * seconds.
 * @param {string[]} ids runs whose new rows are told
 * @param {(name: string, data: any) => void} tell `state` tells "open" and "lost"
 */
export async function events(ids, tell, signal) {
  if (inside) return tell('state', 'open');
  for (let wait = 500; !signal.aborted; wait = Math.min(10000, wait * 2)) {
    try {
      const reply = await ask(`events?follow=${ids.join(',')}`, { signal });
      tell('state', 'open');
      wait = 500;
      await readEvents(reply.body.getReader(), tell);
    } catch (e) {
      if (signal.aborted) return;
      if (e.status === 401) return tell('state', 'refused');
    }
    tell('state', 'lost');
    await new Promise((done) => setTimeout(done, wait));
  }
}

/** The parts of a stream of text that end with `end`, as they come; what has no end is left out. */
async function* parts(reader, end) {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const whole = (text + decoder.decode(value, { stream: true })).split(end);
    text = whole.pop() ?? '';
    yield* whole;
  }
}

async function readEvents(reader, tell) {
  for await (const part of parts(reader, '\n\n')) {
    const event = { name: 'message', data: '' };
    for (const line of part.split('\n')) {
      if (line.startsWith('event:')) event.name = line.slice(6).trim();
      if (line.startsWith('data:')) event.data += line.slice(5).trim();
    }
    if (event.data) tell(event.name, JSON.parse(event.data));
  }
}

const post = (path, body, init) => ask(path, { ...init, method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

/** The answer to a question that has a body. */
export const question = async (path, body, signal) => (await post(path, body, { signal })).json();

/**
 * A long answer, a JSON object a line, told as the lines come; aborting gives it up. Returns once
 * the stream has ended.
 * @param {(line: any) => void} tell
 */
export async function lines(path, body, tell, signal) {
  let ended = false;
  for await (const line of parts((await post(path, body, { signal })).body.getReader(), '\n')) {
    if (!line.trim()) continue;
    const told = JSON.parse(line);
    ended ||= ['done', 'failed', 'replaced'].includes(told.event);
    if (told.event === 'failed') throw new ApiError(0, told.error);
    tell(told);
  }
  if (!ended) throw new ApiError(0, { message: 'the server went away in the middle of its answer', remedy: 'start it again: ./refrain serve' });
}
