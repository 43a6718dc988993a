/**
 * Saves the present view as one file that opens without a server: the page itself and what was
 * fetched for the view. How large it gets, what goes in and what does not is said before.
 */
import * as api from './api.js';
import { button, fill, h } from './dom.js';
import { asked } from './offline.js';
import { download } from './save.js';
import { runName } from './training.js';
import { write } from './url.js';

/** Bytes of the file. */
const MOST = 8e6;
const FEWEST_FRAMES = 2;
const MOST_FRAMES = 200;

const KINDS = [
  [/^home$/, 'the list of the runs that are drawn', 0], [/^runs\/[0-9a-f]+$/, 'what the runs are', 0], [/series\?/, 'curves', 1],
  [/\/text\?/, 'texts', 2], [/^studies\//, 'the study with its verdicts', 2], [/\/heads\?/, 'measures of heads', 3], [/\/index$/, 'losses by index', 4], [/\/watch$/, 'what watches told', 1], [/^glossary/, 'the glossary', 5], [/\/film /, 'films of attention', 6], [/\/tour$/, 'what the tour says', 2],
  [/\/(pass|circuit|tables|evidence|generate|exact)\b/, 'what was computed at this step', 7],
];

export class Export {
  constructor(app) {
    this.app = app;
    this.root = h('dialog', { class: 'card', 'aria-label': 'Save this view as one file' });
  }

  async open() {
    fill(this.root, h('h2', {}, 'This view as one file'), h('p', { role: 'status' }, 'Gathering what the view shows …'), this.#close());
    this.root.showModal();
    try {
      const file = await this.#gather();
      if (!this.root.open) return;
      const name = `refrain-${runName(this.app.data.row(this.app.store.get().main)) || 'view'}-${this.app.store.get().view}.html`;
      fill(this.root, h('h2', {}, 'This view as one file'),
        h('p', {}, `${(file.blob.size / 1e6).toFixed(1)} MB of at most ${MOST / 1e6} MB. It opens in a browser without server and network, at this step and with this state; the cursor moves over what is inside.`),
        h('h3', {}, 'Inside'), h('ul', {}, file.has.map((line) => h('li', {}, line))),
        h('h3', {}, 'Not inside'), h('ul', {}, file.lacks.map((line) => h('li', {}, line))),
        h('form', { method: 'dialog', class: 'bar' }, h('button', { class: 'go', onclick: () => download(name, file.blob) }, 'Save'), h('button', { class: 'small' }, 'Cancel')));
    } catch (e) {
      if (this.root.open) fill(this.root, h('p', { class: 'fault', role: 'alert' }, e.message), this.#close());
    }
  }

  #close() {
    return h('form', { method: 'dialog' }, button('Cancel', 'Cancel', () => this.root.close(), { class: 'small' }));
  }

  /** The runs that the view needs. */
  #runs() {
    const { runs, main, beside } = this.app.store.get();
    return new Set([...runs, main, beside].filter(Boolean));
  }

  async #gather() {
    const shell = await (await api.raw('offline')).text();
    const runs = this.#runs();
    const wanted = [...asked().filter(([key]) => key !== 'glossary'), ['glossary', { path: 'glossary', init: {} }]]
      .filter(([key]) => !/^(presets|check)/.test(key) && (!/^runs\//.test(key) || runs.has(/^runs\/([0-9a-f]+)/.exec(key)?.[1])))
      .map(([key, request]) => ({ key, request, kind: kindOf(key) }))
      .sort((a, b) => a.kind[2] - b.kind[2]);
    const answers = {};
    const counts = new Map();
    const lacks = [];
    let left = MOST - shell.length - 4000;
    for (const { key, request, kind } of wanted) {
      const held = await this.#held(key, request, runs, left);
      if (held.text === null) lacks.push(`${held.why ?? 'no room for'} ${kind[1]}: ${key.slice(0, 90)}`);
      else {
        answers[key] = held.text;
        left -= held.text.length + key.length + 8;
        counts.set(kind[1], [...(counts.get(kind[1]) ?? []), held.says ?? '']);
      }
    }
    const has = [...counts].map(([what, all]) => `${what}${all.length > 1 ? ` (${all.length})` : ''}${all.find(Boolean) ? `: ${all.find(Boolean)}` : ''}`);
    lacks.push('runs that are not drawn, other texts, states between checkpoints, and whatever was not looked at before saving');
    const holding = { made: new Date().toISOString(), query: write(this.app.store.get()).replace(/^[^?]*\??/, ''), has, lacks, answers };
    const data = `<script type="application/json" id="inside">${JSON.stringify(holding).replaceAll('<', '\\u003c')}</script>`;
    return { blob: new Blob(shell.split('<!--data-->').flatMap((part, i) => (i ? [data, part] : [part])), { type: 'text/html' }), has, lacks };
  }

  async #held(key, request, runs, left) {
    try {
      if (key === 'home') return { text: await packed(new TextEncoder().encode(JSON.stringify(await this.#home(runs)))) };
      if (/\/film /.test(key)) return await this.#film(request, left);
      const text = await packed(await api.raw(request.path, request.init).then((r) => r.arrayBuffer()));
      return { text: text.length < left ? text : null };
    } catch (e) {
      return { text: null, why: `${e.message}:` };
    }
  }

  async #home(runs) {
    const home = await api.json('home');
    return { ...home, runs: home.runs.filter((r) => runs.has(r.id)), models: home.models.filter((m) => runs.has(m.id)), broken: [] };
  }

  /** As many frames, evenly taken, as there is room for. */
  async #film(request, left) {
    const body = JSON.parse(request.init.body);
    let most = Math.min(MOST_FRAMES, body.most ?? MOST_FRAMES);
    for (;;) {
      const bytes = await api.raw(request.path, { ...request.init, body: JSON.stringify({ ...body, most }) }).then((r) => r.arrayBuffer());
      const text = await packed(bytes);
      const frames = new DataView(bytes).getUint32(0, true);
      if (text.length < left) return { text, says: `${frames} frames` };
      const fewer = Math.floor(Math.min(frames, most) * Math.min(0.8, (0.95 * left) / text.length));
      if (fewer < FEWEST_FRAMES) return { text: null };
      most = fewer;
    }
  }
}

const kindOf = (key) => KINDS.find(([pattern]) => pattern.test(key)) ?? [null, 'answers', 7];

/** gzip in base64. */
async function packed(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  const all = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = '';
  for (let i = 0; i < all.length; i += 0x8000) text += String.fromCharCode(...all.subarray(i, i + 0x8000));
  return btoa(text);
}
