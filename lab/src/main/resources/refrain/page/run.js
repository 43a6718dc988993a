/** The view Run: what one run is, from its own files. */
import { button, fill, h } from './dom.js';
import { definition, term } from './cards.js';
import { number, short } from './scale.js';
import { tableOf } from './table.js';
import { runName, training } from './training.js';

export class RunView {
  constructor(app) {
    this.app = app;
    this.root = h('section', { class: 'view', 'aria-label': 'Run' });
  }

  update(state) {
    const t = training(state, this.app.data);
    if (!t.details || this.shown === t.details) return;
    this.shown = t.details;
    const d = t.details;
    const specification = flatten(d.spec);
    fill(this.root,
      h('h2', { class: 'hidden' }, runName(t.row)),
      this.app.control.bar,
      h('div', { class: 'grid two' },
        block('What it is', this.#facts(t.row, d)),
        h('div', {}, block('The window', this.#window(d)), this.#dates(d))),
      h('h3', {}, 'Its numbers'),
      h('div', { class: 'glossary' }, d.measures.map((m) => h('article', {}, h('h4', {}, term(this.app, m.key, m.title, m)), definition(m)))),
      h('h3', {}, 'Specification'),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Specification' }, h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'field'), h('th', { scope: 'col' }, 'value'))), h('tbody', {}, specification.map(([k, v]) => h('tr', {}, h('th', { scope: 'row' }, h('code', {}, k)), h('td', {}, v)))))));
  }

  #facts(row, d) {
    return [
      ['state', row.state], ['step', `${short(row.step)} of ${short(row.steps)}`], [term(this.app, 'elapsed tokens', 'tokens'), row.tokens === null ? 'not known' : short(row.tokens)],
      ['model', `${row.layers} ${row.layers === 1 ? 'layer' : 'layers'} of ${row.heads} heads, ${short(row.params)} parameters`], ['context', `${row.context} tokens of ${row.vocab}`],
      [term(this.app, 'icl', 'ICL score'), `${number(row.icl)}${row.iclError ? ` ± ${number(row.iclError)}` : ''} nats`], [term(this.app, 'formation', 'heads formed'), row.formed === null ? 'not in this run' : `step ${short(row.formed)}`],
      [term(this.app, 'seeds', 'seeds'), Object.entries(d.seeds ?? {}).map(([k, v]) => `${k} ${v}`).join(', ')], [term(this.app, 'checkpoint', 'checkpoints'), `${d.checkpoints.length}`], ['folder', row.path],
    ];
  }

  #window(d) {
    const change = term(this.app, 'window', 'phase change');
    if (!d.window) return [[change, 'none was found']];
    const w = d.window;
    return [
      [change, `steps ${short(Math.round(w.begin))} to ${short(Math.round(w.end))}`],
      ['midpoint', `${number(w.tau)}, 95 % interval ${number(w.low)} to ${number(w.high)}`],
      ['', button('To the end of it', 'Put the cursor at the end of the phase change', () => this.app.cursor.to(w.end), { class: 'small' })],
    ];
  }

  /** A row a dated curve, from keys such as `icl.tau`. */
  #dates(d) {
    const curves = new Map();
    for (const [key, value] of Object.entries(d.dates ?? {})) {
      const dot = key.lastIndexOf('.');
      const curve = key.slice(0, dot);
      if (!curves.has(curve)) curves.set(curve, {});
      curves.get(curve)[key.slice(dot + 1)] = value;
    }
    if (!curves.size) return null;
    return tableOf('Dates of its curves, in steps', {
      columns: ['curve', 'onset', 'midpoint', '95 % from', 'to', 'end', 'size', 'evidence'],
      rows: [...curves].map(([curve, v]) => [curve, ...['onset', 'tau', 'low', 'high', 'end', 'size', 'evidence'].map((k) => v[k] ?? NaN)]),
    });
  }
}

const block = (title, rows) => h('div', {}, h('h3', {}, title), h('dl', {}, rows.map(([k, v]) => [h('dt', {}, k), h('dd', {}, v)])));

function flatten(value, path = '') {
  if (value === null || typeof value !== 'object' || (Array.isArray(value) && value.every((v) => typeof v !== 'object'))) return [[path, Array.isArray(value) ? value.join(', ') : String(value)]];
  return Object.entries(value).flatMap(([k, v]) => flatten(v, path ? `${path}.${k}` : k));
}
