/**
 * Measures the page in the browser that shows it. From the console:
 * `(await import('./bench.js')).run()`. It puts a made run of 12 layers of 12 heads and 200
 * checkpoints beside the real ones, moves the cursor through all of training, and says how long the
 * page computes a frame. Nothing of it reaches the server.
 */
import { Column } from './data.js';

const ID = 'made';
const [LAYERS, HEADS, FRAMES, T, ROWS] = [12, 12, 200, 64, 2000];

/** @param {{lines?: number, points?: number, views?: string[], around?: () => any}} [size] curves a chart, points a curve, which views; what is called before and after the frames */
export async function run({ lines = 48, points = ROWS, views = ['time', 'heads', 'attention'], around = () => {} } = {}) {
  const app = globalThis.refrain;
  const before = app.store.get();
  make(app, lines, points);
  const result = {};
  for (const view of views) {
    const runs = Array.from({ length: lines }, (_, i) => (i ? `${ID}${i}` : ID));
    app.store.set({ ...before, view, main: ID, runs, beside: null, pin: null, zoom: null, step: 0, text: 'evaluation.0', keys: ['loss', 'icl', 'pm.best'], measure: 'pm', x: 'prev', y: 'pm' });
    await frames(3);
    await around();
    result[view] = await scrub(app);
    await around();
  }
  app.store.set(before);
  return result;
}

const frame = () => new Promise((done) => requestAnimationFrame(done));
async function frames(n) {
  for (let i = 0; i < n; i++) await frame();
}

/** Milliseconds of computing a frame while the cursor goes through all checkpoints. */
async function scrub(app) {
  performance.clearMeasures('refrain.frame');
  for (let i = 0; i < FRAMES; i++) {
    app.store.set({ step: Math.round((i * (ROWS - 1)) / (FRAMES - 1)), hoverToken: `${T - 1}` });
    await frame();
  }
  await frame();
  const times = performance.getEntriesByName('refrain.frame').map((m) => m.duration).sort((a, b) => a - b);
  const at = (q) => +times[Math.min(times.length - 1, Math.floor(q * times.length))].toFixed(2);
  return { frames: times.length, median: at(0.5), p95: at(0.95), worst: at(1) };
}

function make(app, lines, points) {
  const { data } = app;
  for (let i = 0; i < lines; i++) {
    const id = i ? `${ID}${i}` : ID;
    data.rows.set(id, { id, path: id, variant: `made ${i % 8}`, seed: i, state: 'done', step: ROWS - 1, steps: ROWS, layers: LAYERS, heads: HEADS, tokensPerStep: 4096, t0: 100, context: T });
    const curves = new Map();
    for (const key of ['loss', 'icl', 'pm.best', 'kl.unigram.loss', 'kl.bigram.loss', 'kl.trigram.loss', 'pm.uniform', 'comp.null.mean']) curves.set(key, column(points, i));
    data.columns.set(id, curves);
  }
  const steps = Float64Array.from({ length: FRAMES }, (_, i) => Math.round((i * (ROWS - 1)) / (FRAMES - 1)));
  for (const key of ['pm', 'prev']) data.values.set(`${ID}|heads.${key}`, { rows: FRAMES, layers: LAYERS, heads: HEADS, steps, values: noise(FRAMES * LAYERS * HEADS) });
  data.values.set(`${ID}|index`, { rows: FRAMES, T, steps, values: noise(FRAMES * T) });
  data.values.set(`${ID}|details`, { measures: ['pm', 'prev'].map((key) => ({ key, title: key, unit: '1', formula: '', source: '', perHead: true })), curves: [], checkpoints: [...steps], context: T, window: { tau: 500, low: 480, high: 520, begin: 400, end: 700 }, tokenNames: [], sentence: 'A made run.' });
  data.values.set(`${ID}|text.evaluation.0`, { tokens: [], names: Array.from({ length: T }, (_, i) => `t${i}`), kind: 'evaluation', n: 0, of: 1 });
  data.films.set(`${ID}|evaluation.0||null`, film(app, steps));
}

function column(points, seed) {
  const made = new Column();
  made.append(Float64Array.from({ length: points }, (_, i) => (i * ROWS) / points), Float32Array.from({ length: points }, (_, i) => Math.sin(i / 90 + seed) + Math.random() * 0.1));
  return made;
}

const noise = (n) => Float32Array.from({ length: n }, () => Math.random());

function film(app, steps) {
  const entries = (T * (T + 1)) / 2;
  const made = Object.create(Object.getPrototypeOf(app.data.film(app.store.get().main, 'evaluation.0')));
  const patterns = new Uint8Array(FRAMES * LAYERS * HEADS * entries);
  for (let i = 0, seed = 1; i < patterns.length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    patterns[i] = seed >>> 24;
  }
  return Object.assign(made, { id: ID, text: 'evaluation.0', count: FRAMES, ready: FRAMES, T, layers: LAYERS, heads: HEADS, size: T, entries, steps, losses: noise(FRAMES * T), bigram: noise(T), here: new Uint8Array(FRAMES).fill(1), patterns, thumbnails: false, renewing: null, began: Infinity, failed: null, stop() {} });
}
