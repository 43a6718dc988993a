/** The view Time: curves of all chosen runs over training, and the loss by token index. */
import { Chart, valueAt } from './chart.js';
import { choice, fill, h, button, say, setOptions, svg } from './dom.js';
import { Heat } from './heat.js';
import { ink, look } from './ink.js';
import { indexAt, number, short } from './scale.js';
import { scrub } from './scrub.js';
import { term } from './cards.js';
import { curveTitle, labelOf, runName, slotOf, training } from './training.js';

/** Baselines that belong beside a curve, drawn for the main run alone. */
const REFERENCES = {
  loss: [['kl.unigram.loss', 'unigram'], ['kl.bigram.loss', 'bigram'], ['kl.trigram.loss', 'trigram']],
  'pm.best': [['pm.uniform', 'uniform attention']],
  'comp.k.best': [['comp.null.mean', 'random heads']],
  'comp.q.best': [['comp.null.mean', 'random heads']],
  'comp.v.best': [['comp.null.mean', 'random heads']],
};
const SMOOTH = [0, 0.02, 0.05, 0.1, 0.2];
const CURSOR_KEYS = new Set(['step', 'pin', 'hoverStep', 'head', 'token']);

export class TimeView {
  constructor(app) {
    this.app = app;
    this.charts = new Map();
    this.legend = h('div', { class: 'legend', role: 'list', 'aria-label': 'Variants that are drawn' });
    this.add = /** @type {HTMLSelectElement} */ (h('select', { 'aria-label': 'Add a curve', onchange: () => this.#addCurve() }));
    this.smooth = choice('Smoothing', SMOOTH.map((s) => ({ value: String(s), text: s ? `± ${Math.round(100 * s)} %` : 'off' })), '0', (v) => app.store.set({ smooth: Number(v) }));
    this.note = h('p', { class: 'made' });
    this.grid = h('div', { class: 'grid' });
    this.index = this.#indexMap();
    this.root = h('section', { class: 'view', 'aria-label': 'Time' },
      h('div', { class: 'bar' }, this.legend, h('span', { class: 'space' }), this.smooth, h('label', { class: 'field' }, h('span', {}, 'Curves'), this.add)),
      this.grid, this.note, h('div', { class: 'wide' }, this.index.root));
  }

  #addCurve() {
    const { keys } = this.app.store.get();
    const key = this.add.value;
    this.add.value = '';
    if (key) this.app.store.set({ keys: keys.includes(key) ? keys.filter((k) => k !== key) : [...keys, key] });
  }

  /** @param {Set<string>} changed */
  update(state, changed) {
    const t = training(state, this.app.data);
    if ([...changed].every((k) => CURSOR_KEYS.has(k))) return this.#move(state, t);
    this.#options(state, t);
    this.#legendOf(state);
    this.#chartsOf(state);
    for (const [key, chart] of this.charts) this.#showChart(key, chart, state, t);
    this.#showIndex(state, t);
    say(this.note, this.#words(state, t));
  }

  #words(state, t) {
    const parts = [`Horizontal: ${t.axis.title}, the same in all panels.`];
    if (t.window && t.details?.window) {
      const w = t.details.window;
      parts.push(`Shaded: the phase change of ${runName(t.row)}, steps ${short(Math.round(w.begin))} to ${short(Math.round(w.end))}; darker: the 95 % interval of its midpoint, ${short(Math.round(w.low))} to ${short(Math.round(w.high))}.`);
    }
    parts.push('A hollow mark: that run ended earlier, and its last value is shown.');
    const told = this.#events(state).map((e) => `${e.kind} at ${short(e.step)}`);
    if (told.length) parts.push(`Marked: what the watch of ${runName(t.row)} told (${told.join(', ')}); its words are under the pointer and in the tables.`);
    if (state.smooth) parts.push(`Strong lines are means over ${this.#width(state, t)}; the pale lines are the rows as they are.`);
    return parts.join(' ');
  }

  /** Of the run of the cursor. */
  #events(state) {
    const row = this.app.data.row(state.main);
    return row && !row.model ? this.app.data.watched(state.main) : [];
  }

  #half(state, t) {
    return t.axis.log ? Math.log1p(state.smooth) : (state.smooth * (t.high - t.low)) / 4;
  }

  #width(state, t) {
    const what = state.unit === 'tokens' ? 'tokens' : 'steps';
    return t.axis.log ? `± ${Math.round(100 * state.smooth)} % of ${what} + ${short(t.axis.offset)}` : `± ${short(Math.round(this.#half(state, t)))} ${what}`;
  }

  #options(state, t) {
    const curves = t.details?.curves ?? [];
    const known = [...new Set([...curves, ...state.keys])].filter((k) => k !== 'tokens');
    setOptions(this.add, [{ value: '', text: 'add or remove …' }, ...known.map((k) => ({ value: k, text: `${state.keys.includes(k) ? '✓ ' : ''}${curveTitle(t.details, k).title}` }))], '');
    this.smooth.querySelector('select').value = String(state.smooth);
  }

  #legendOf(state) {
    const { data, store } = this.app;
    const variants = new Map();
    for (const id of state.runs) {
      const row = data.row(id);
      if (row) variants.set(labelOf(row), [...(variants.get(labelOf(row)) ?? []), row]);
    }
    const key = JSON.stringify([[...variants].map(([v, rows]) => [v, rows.map((r) => r.id)]), state.main]);
    if (this.legend.dataset.key === key) return;
    this.legend.dataset.key = key;
    fill(this.legend, [...variants].map(([name, rows]) => {
      const main = rows.find((r) => r.id === state.main);
      const next = rows[(rows.indexOf(main) + 1) % rows.length];
      return h('span', { role: 'listitem' },
        button([sample(slotOf(rows[0])), ` ${name}`, h('span', { class: 'muted' }, rows.length > 1 ? ` ${rows.length} seeds` : '')],
          main ? `${name}: the cursor belongs to seed ${main.seed}; press for the next seed` : `${name}: make it the run of the cursor`,
          () => store.set({ main: next.id }), { class: 'chip', 'aria-pressed': String(Boolean(main)) }));
    }));
  }

  #chartsOf(state) {
    for (const key of [...this.charts.keys()]) {
      if (state.keys.includes(key)) continue;
      this.charts.get(key).root.remove();
      this.charts.delete(key);
    }
    state.keys.forEach((key, i) => {
      if (!this.charts.has(key)) this.charts.set(key, this.#chart(key));
      const root = this.charts.get(key).root;
      if (this.grid.children[i] !== root) this.grid.insertBefore(root, this.grid.children[i] ?? null);
    });
  }

  #chart(key) {
    const { store, cursor, data } = this.app;
    const remove = button('×', 'Remove this curve', () => store.set({ keys: store.get().keys.filter((k) => k !== key) }), { class: 'icon' });
    const chart = new Chart(key, {
      table: () => this.#table(key),
      tools: [remove],
      gesture: (figure, self) => scrub(figure, {
        scale: () => (self.view ? self.scale() : null),
        perStep: () => training(store.get(), data).axis.perStep,
        cursor,
        store,
        hover: (x, y) => this.#hover(self, key, x, y),
      }),
    });
    return chart;
  }

  /** Says what is under the pointer: the nearest line, its step and its value. */
  #hover(chart, key, x, y) {
    const near = x < 0 ? null : chart.nearest(x, y);
    const [told] = chart.tell(x);
    if (told) return chart.figure.setValue(`${told.kind} at ${short(told.step)}`);
    if (!near) return this.#value(key, chart);
    chart.figure.setValue(`${near.line.label} · ${short(near.step)} · ${number(near.value)}`);
  }

  #value(key, chart) {
    const view = chart.view;
    const line = view?.lines.find((l) => l.main && !l.reference);
    if (!line?.column.n || view.cursor === null) return chart.figure.setValue('');
    const at = valueAt(line, view.cursor);
    chart.figure.setValue(`${number(at.value)} at ${short(at.step)}`);
  }

  #lines(key, state, t) {
    const { data } = this.app;
    const many = state.runs.length > 12;
    const lines = [];
    for (const id of state.runs) {
      const row = data.row(id);
      const column = row && data.column(id, key);
      if (!column?.n) continue;
      const { ink: name, dash } = look(slotOf(row));
      const main = id === state.main;
      lines.push({ column, perStep: t.perStep(id), end: row.step * t.perStep(id), ink: name, dash, main, label: runName(row), width: main ? 2.2 : 1.2, alpha: main ? 1 : many ? 0.55 : 0.8 });
    }
    lines.sort((a, b) => Number(a.main) - Number(b.main));
    const references = (REFERENCES[key] ?? []).map(([k, label]) => ({ column: data.column(state.main, k), label })).filter((r) => r.column?.n);
    return [...references.map((r) => ({ ...r, perStep: t.axis.perStep, ink: 'muted', dash: [2, 3], width: 1.2, alpha: 1, main: true, reference: true })), ...lines];
  }

  #showChart(key, chart, state, t) {
    const { title, unit, measure } = curveTitle(t.details, key);
    chart.figure.title.replaceChildren(term(this.app, measure?.key ?? key, title, measure), unit ? ` (${unit})` : '');
    const marks = this.#events(state).map((e) => ({ x: e.step * t.axis.perStep, step: e.step, kind: e.kind, text: wordsOf(e) }));
    chart.show({ marks, axis: t.axis, low: t.low, high: t.high, lines: this.#lines(key, state, t), smooth: state.smooth ? this.#half(state, t) : 0, window: t.window, cursor: t.cursor, pin: t.pin, hover: t.hover });
    this.#value(key, chart);
    this.#describe(key, chart, t, title);
  }

  #describe(key, chart, t, title) {
    const told = (chart.view.marks ?? []).filter((m) => m.step === t.step).map((m) => `; ${m.text}`);
    const text = `step ${t.step}: ${chart.figure.value.textContent || 'no value'}${told.join('')}`;
    chart.figure.describe(`${title}, ${chart.view.lines.filter((l) => !l.reference).length} runs over training`, t.step, 0, t.last, text);
  }

  #move(state, t) {
    for (const [key, chart] of this.charts) {
      chart.move(t.cursor, t.pin, t.hover);
      if (!chart.figure.plot.matches(':hover')) this.#value(key, chart);
      if (chart.figure.plot === document.activeElement) this.#describe(key, chart, t, chart.figure.title.textContent);
    }
    this.index.move(t.cursor, t.pin, t.hover, null);
    this.#indexValue(t);
  }

  #table(key) {
    const { data, store } = this.app;
    const state = store.get();
    const rows = state.runs.map((id) => data.row(id)).filter(Boolean);
    const columns = rows.map((r) => data.column(r.id, key));
    const events = this.#events(state);
    const steps = [...new Set([...columns.flatMap((c) => (c ? [...c.steps.subarray(0, c.n)] : [])), ...events.map((e) => e.step)])].sort((a, b) => a - b);
    const cell = (c, s) => {
      if (!c?.n) return NaN;
      const i = indexAt(c.steps, c.n, s);
      return c.steps[i] === s ? c.y[i] : NaN;
    };
    if (!events.length) return { columns: ['step', ...rows.map(runName)], rows: steps.map((s) => [s, ...columns.map((c) => cell(c, s))]) };
    const words = (s) => events.filter((e) => e.step === s).map(wordsOf).join('; ');
    return {
      columns: ['step', ...rows.map(runName), `watch of ${runName(data.row(state.main))}`],
      rows: steps.map((s) => [s, ...columns.map((c) => cell(c, s)), words(s)]),
      keep: (row) => Boolean(row.at(-1)),
    };
  }

  #indexMap() {
    const { store, cursor, data } = this.app;
    return new Heat('loss-by-index', {
      height: (w) => Math.max(200, Math.min(300, w * 0.3)),
      table: () => this.#indexTable(),
      gesture: (figure, heat) => scrub(figure, {
        scale: () => (heat.view ? heat.scale() : null),
        perStep: () => training(store.get(), data).axis.perStep,
        cursor,
        store,
        hover: (x, y) => this.#indexHover(heat, x, y),
      }),
    });
  }

  #showIndex(state, t) {
    const map = state.main ? this.app.data.lossByIndex(state.main) : null;
    this.index.root.hidden = !map?.rows;
    if (!map?.rows) return;
    this.index.figure.setTitle(`Loss by token index over training: ${runName(t.row)}`);
    this.index.figure.setNote('Down: the index of the token, from 0. A token that repeats an earlier part becomes cheap late in the context first.');
    const perStep = t.axis.perStep;
    const steps = perStep === 1 ? map.steps : map.steps.map((s) => s * perStep);
    let [low, high] = [Infinity, -Infinity];
    for (const v of map.values) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
    const every = Math.max(1, Math.round(map.T / 8));
    this.index.show({
      axis: t.axis, low: t.low, high: t.high, steps, rows: map.T, left: 46, range: [low, high], unit: 'nats', chosen: null,
      value: (column, row) => map.values[column * map.T + row],
      labels: Array.from({ length: Math.floor((map.T - 1) / every) + 1 }, (_, i) => ({ row: i * every, text: String(i * every) })),
      cursor: t.cursor, pin: t.pin, hover: t.hover, window: t.window,
    });
    this.#indexValue(t);
  }

  #indexValue(t) {
    const view = this.index.view;
    if (!view || t.cursor === null) return;
    const column = this.index.columnAt(t.cursor);
    const [a, b] = [view.value(column, Math.min(4, view.rows - 1)), view.value(column, view.rows - 1)];
    const text = `index 4: ${number(a)}, index ${view.rows - 1}: ${number(b)} nats at ${short(view.steps[column] / t.axis.perStep)}`;
    if (!this.index.figure.plot.matches(':hover')) this.index.figure.setValue(text);
    this.index.figure.describe('Loss by token index over training', t.step, 0, t.last, text);
  }

  #indexHover(heat, x, y) {
    const row = heat.rowAt(y);
    const t = training(this.app.store.get(), this.app.data);
    if (x < 0 || row === null) return this.#indexValue(t);
    const column = heat.columnAt(heat.scale().x(x));
    heat.figure.setValue(`index ${row} · ${short(heat.view.steps[column] / t.axis.perStep)} · ${number(heat.view.value(column, row))} nats`);
  }

  #indexTable() {
    const map = this.app.data.lossByIndex(this.app.store.get().main);
    if (!map) return { columns: [], rows: [] };
    const rows = Array.from({ length: map.rows }, (_, r) => [map.steps[r], ...map.values.subarray(r * map.T, (r + 1) * map.T)]);
    return { columns: ['step', ...Array.from({ length: map.T }, (_, t) => `index ${t}`)], rows };
  }
}

/** What a watch said at an event, and what it had to go by. */
function wordsOf(e) {
  const parts = [`${e.kind} at step ${e.step}: ${e.says}`];
  if (Number.isFinite(e.evidence) && Number.isFinite(e.threshold)) parts.push(`evidence ${number(e.evidence)}, threshold ${number(e.threshold)}`);
  if (Number.isFinite(e.expectedDelay)) parts.push(`expected delay ${short(Math.round(e.expectedDelay))} observations`);
  if (e.leastDelay) parts.push(`delay at least ${short(e.leastDelay)} steps`);
  return parts.join('; ');
}

/** A piece of a variant's line, as it is drawn. */
export function sample(slot) {
  const { ink: name, dash } = look(slot);
  return svg('svg', { width: 26, height: 10, 'aria-hidden': 'true', class: 'sample' },
    svg('line', { x1: 0, x2: 26, y1: 5, y2: 5, stroke: ink()[name], 'stroke-width': 2.2, 'stroke-dasharray': dash.join(' ') || null }));
}
