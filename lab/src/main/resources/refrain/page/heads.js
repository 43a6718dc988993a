/** The view Heads: every head over training on one canvas, and any two measures against each other. */
import { term } from './cards.js';
import { Chart, valueAt } from './chart.js';
import { Column } from './data.js';
import { choice, fill, h, say, setOptions } from './dom.js';
import { Figure } from './figure.js';
import { Heat } from './heat.js';
import { indexAt, linearTicks, number, short } from './scale.js';
import { scrub } from './scrub.js';
import { headName, parseHead, runName, training } from './training.js';

const MOST_LABELS = 40;
const LAYER_INKS = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'];
const CURSOR_KEYS = new Set(['step', 'pin', 'hoverStep', 'head', 'hoverHead', 'token']);

export class HeadsView {
  constructor(app) {
    this.app = app;
    const { store } = app;
    this.measure = choice('Measure', [], '', (v) => store.set({ measure: v }));
    this.sort = choice('Order of heads', [], '', (v) => store.set({ sort: v }));
    this.x = choice('across', [], '', (v) => store.set({ x: v }));
    this.y = choice('up', [], '', (v) => store.set({ y: v }));
    this.terms = h('span', { class: 'terms', 'aria-label': 'What they are' });
    this.map = this.#heat();
    this.lines = this.#chart();
    this.scatter = this.#scatter();
    this.order = [];
    this.root = h('section', { class: 'view', 'aria-label': 'Heads' },
      h('div', { class: 'bar' }, this.measure, this.sort, this.terms),
      h('div', { class: 'wide' }, this.map.root),
      h('div', { class: 'grid two' }, this.lines.root, h('div', {}, h('div', { class: 'bar' }, this.x, this.y), this.scatter.root)));
    this.map.root.addEventListener('keydown', (e) => this.#arrows(e));
  }

  update(state, changed) {
    const t = training(state, this.app.data);
    this.t = t;
    this.#options(state, t);
    const values = state.main ? this.app.data.heads(state.main, state.measure) : null;
    this.byX = state.main ? this.app.data.heads(state.main, state.x) : null;
    this.byY = state.main ? this.app.data.heads(state.main, state.y) : null;
    const moved = [...changed].every((k) => CURSOR_KEYS.has(k));
    if (values && (!moved || (state.sort !== 'place' && changed.has('step')))) this.#showMap(state, t, values);
    if (values && !moved) this.#showLines(state, t, values);
    this.values = values;
    const chosen = this.#chosen(state);
    const lit = this.#index(state.hoverHead);
    this.map.move(t.cursor, t.pin, t.hover, chosen === null ? null : this.order.indexOf(chosen), lit === null ? null : this.order.indexOf(lit));
    if (moved) {
      this.lines.move(t.cursor, t.pin, t.hover, state.hoverHead);
      if (changed.has('head') && values) this.#showLines(state, t, values);
    }
    this.#words(state, t, values, chosen);
    this.#placeMarks(state, t);
    if (moved) this.scatter.paintTop();
    else this.scatter.paint();
  }

  #measures() {
    return (this.t?.details?.measures ?? []).filter((m) => m.perHead);
  }

  #titleOf(key) {
    return this.#measures().find((m) => m.key === key)?.title ?? key;
  }

  #options(state) {
    const measures = this.#measures().map((m) => ({ value: m.key, text: m.title }));
    if (!measures.length) return;
    for (const [field, value] of [[this.measure, state.measure], [this.x, state.x], [this.y, state.y]]) setOptions(field.querySelector('select'), measures, value);
    this.#cards(state);
    setOptions(this.sort.querySelector('select'), [{ value: 'place', text: 'layer, head' }, ...measures.map((m) => ({ value: m.value, text: `${m.text}, at the cursor` }))], state.sort);
  }

  /** The measures that are shown, with their cards. */
  #cards(state) {
    const keys = [...new Set([state.measure, state.x, state.y])].join();
    if (this.terms.dataset.keys === keys) return;
    this.terms.dataset.keys = keys;
    const shown = keys.split(',').map((key) => this.#measures().find((m) => m.key === key)).filter(Boolean);
    fill(this.terms, h('span', { class: 'muted' }, 'what is '), shown.map((m, i) => [i > 0 && ', ', term(this.app, m.key, m.title, m)]));
  }

  /** The index of the chosen head among all, or null. */
  #chosen(state) {
    return this.#index(state.head);
  }

  #index(name) {
    const at = parseHead(name);
    const row = this.t?.row;
    return at && row && at.layer < row.layers && at.head < row.heads ? at.layer * row.heads + at.head : null;
  }

  #valuesAt(map, step) {
    const n = map.layers * map.heads;
    const row = indexAt(map.steps, map.rows, step);
    return map.values.subarray(row * n, (row + 1) * n);
  }

  #ordered(state, t, map) {
    const n = map.layers * map.heads;
    const order = Array.from({ length: n }, (_, i) => i);
    const by = state.sort === 'place' ? null : this.app.data.heads(state.main, state.sort);
    if (!by?.rows) return order;
    const values = this.#valuesAt(by, t.step);
    const rank = (i) => (Number.isNaN(values[i]) ? -Infinity : values[i]);
    return order.sort((a, b) => rank(b) - rank(a) || a - b);
  }

  #heat() {
    const { store, cursor } = this.app;
    return new Heat('heads-over-training', {
      height: (w) => {
        const n = this.map?.view?.rows ?? 8;
        return 42 + Math.max(140, Math.min(620, n * Math.max(4, Math.min(22, 620 / n)), w * 1.4));
      },
      table: () => this.#table(),
      gesture: (figure, heat) => scrub(figure, {
        scale: () => (heat.view ? heat.scale() : null),
        perStep: () => this.t?.axis.perStep ?? 1,
        cursor,
        store,
        hover: (x, y) => this.#hover(heat, x, y),
        pick: (_, y) => {
          const row = heat.rowAt(y);
          if (row !== null) store.set({ head: this.#name(this.order[row]) });
        },
      }),
    });
  }

  #name(index) {
    const heads = this.t?.row?.heads ?? 1;
    return headName(Math.floor(index / heads), index % heads);
  }

  #showMap(state, t, map) {
    this.order = this.#ordered(state, t, map);
    const n = map.layers * map.heads;
    const { order } = this;
    let [low, high] = [Infinity, -Infinity];
    for (const v of map.values) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
    const measure = this.#measures().find((m) => m.key === state.measure);
    const perStep = t.axis.perStep;
    const every = Math.ceil(n / MOST_LABELS);
    const labels = order.map((i, row) => ({ row, text: this.#name(i) })).filter((_, row) => row % every === 0);
    this.map.figure.setTitle(`${this.#titleOf(state.measure)} of every head over training: ${runName(t.row)}`);
    this.map.figure.setNote(measure ? `${measure.formula}. ${measure.source}` : '');
    this.map.show({
      axis: t.axis, low: t.low, high: Math.min(t.high, t.last * perStep * 1.0001), steps: perStep === 1 ? map.steps : map.steps.map((s) => s * perStep), rows: n, left: 50,
      range: high > low ? [low, high] : [0, 1], unit: measure?.unit === '1' ? '' : measure?.unit ?? '', labels, chosen: null,
      rules: state.sort === 'place' ? Array.from({ length: map.layers - 1 }, (_, l) => (l + 1) * map.heads) : [],
      value: (column, row) => map.values[column * n + order[row]],
      cursor: t.cursor, pin: t.pin, hover: t.hover, window: t.window,
    });
  }

  #hover(heat, x, y) {
    const row = x < 0 ? null : heat.rowAt(y);
    this.app.store.set({ hoverHead: row === null ? null : this.#name(this.order[row]) });
    if (row === null) return this.#words(this.app.store.get(), this.t, this.values, this.#chosen(this.app.store.get()));
    const column = heat.columnAt(heat.scale().x(x));
    heat.figure.setValue(`${this.#name(this.order[row])} · ${short(this.values.steps[column])} · ${number(heat.view.value(column, row))}`);
  }

  #words(state, t, map, chosen) {
    if (!map?.rows) return;
    const values = this.#valuesAt(map, t.step);
    let best = 0;
    for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
    const i = chosen ?? best;
    const at = map.steps[indexAt(map.steps, map.rows, t.step)];
    const text = `${this.#name(i)}${chosen === null ? ', the greatest,' : ''} ${number(values[i])} at ${short(at)}`;
    if (!this.map.figure.plot.matches(':hover')) this.map.figure.setValue(text);
    this.map.figure.describe(`${this.#titleOf(state.measure)} of every head over training; up and down choose a head`, t.step, 0, t.last, text);
  }

  #arrows(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !this.order.length) return;
    event.preventDefault();
    const chosen = this.#chosen(this.app.store.get());
    const row = chosen === null ? 0 : Math.max(0, Math.min(this.order.length - 1, this.order.indexOf(chosen) + step));
    this.app.store.set({ head: this.#name(this.order[row]) });
  }

  #chart() {
    const { store, cursor } = this.app;
    return new Chart('heads-lines', {
      height: 300,
      table: () => this.#table(),
      gesture: (figure, chart) => scrub(figure, {
        scale: () => (chart.view ? chart.scale() : null),
        perStep: () => this.t?.axis.perStep ?? 1,
        cursor,
        store,
        hover: (x, y) => {
          const near = x < 0 ? null : chart.nearest(x, y);
          store.set({ hoverHead: near ? near.line.label : null });
          chart.figure.setValue(near ? `${near.line.label} · ${short(near.step)} · ${number(near.value)}` : '');
        },
      }),
    });
  }

  /** A line a head: its layer's colour and dash, the chosen one strong. */
  #showLines(state, t, map) {
    const n = map.layers * map.heads;
    if (this.columnsOf !== map) {
      this.columnsOf = map;
      this.columns = Array.from({ length: n }, (_, i) => {
        const column = new Column();
        column.append(map.steps, Float32Array.from({ length: map.rows }, (_, r) => map.values[r * n + i]));
        return column;
      });
    }
    const chosen = this.#chosen(state);
    const lines = this.columns.map((column, i) => {
      const layer = Math.floor(i / map.heads);
      const main = i === chosen;
      return { column, perStep: t.axis.perStep, ink: LAYER_INKS[layer % LAYER_INKS.length], dash: [[], [6, 3], [2, 3], [9, 3, 2, 3]][layer % 4], main, label: this.#name(i), width: main ? 3 : 1.2, alpha: main || chosen === null ? 0.9 : 0.5 };
    });
    lines.sort((a, b) => Number(a.main) - Number(b.main));
    this.lines.figure.setTitle(`${this.#titleOf(state.measure)}, a line a head`);
    this.lines.figure.setNote(`A colour and a dash a layer: ${Array.from({ length: Math.min(4, map.layers) }, (_, l) => `layer ${l} ${['solid', 'dashed', 'dotted', 'dash-dotted'][l % 4]}`).join(', ')}${map.layers > 4 ? ', and so on' : ''}. Strong: the chosen head.`);
    this.lines.show({ axis: t.axis, low: t.low, high: Math.min(t.high, t.last * t.axis.perStep), lines, smooth: 0, window: t.window, cursor: t.cursor, pin: t.pin, hover: t.hover });
    this.lines.figure.describe(this.lines.figure.title.textContent, t.step, 0, t.last, `step ${t.step}`);
  }

  #scatter() {
    const figure = new Figure({
      name: 'heads-scatter',
      height: () => 262,
      draw: (pen, w, hh, k) => this.#axes(pen, w, hh, k),
      over: (pen, w, hh, k) => this.#marks(pen, w, hh, k),
      table: () => this.#scatterTable(),
    });
    const near = (event) => {
      const at = figure.at(event);
      let best = null;
      for (const m of this.placed ?? []) {
        const d = Math.hypot(m.px - at.x, m.py - at.y);
        if (d < 24 && (!best || d < best.d)) best = { ...m, d };
      }
      return best;
    };
    figure.plot.addEventListener('pointermove', (e) => {
      const m = near(e);
      figure.setValue(m ? `${this.#name(m.i)} · ${number(m.vx)} · ${number(m.vy)}` : '');
      this.app.store.set({ hoverHead: m ? this.#name(m.i) : null });
    });
    figure.plot.addEventListener('pointerleave', () => this.app.store.set({ hoverHead: null }));
    figure.plot.addEventListener('click', (e) => {
      const m = near(e);
      if (m) this.app.store.set({ head: this.#name(m.i) });
    });
    figure.plot.addEventListener('keydown', (e) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[e.key];
      if (!step) return;
      e.preventDefault();
      this.app.nextHead(step);
    });
    return figure;
  }

  #extent(map) {
    let [low, high] = [Infinity, -Infinity];
    for (const v of map.values) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
    const pad = (high - low || 1) * 0.06;
    return [low - pad, high + pad];
  }

  #placeMarks(state, t) {
    const { byX, byY } = this;
    this.ready = Boolean(byX?.rows && byY?.rows);
    if (!this.ready) return;
    if (this.extentOf?.[0] !== byX || this.extentOf?.[1] !== byY) {
      this.extentOf = [byX, byY];
      this.extents = [this.#extent(byX), this.#extent(byY)];
    }
    const [vx, vy] = [this.#valuesAt(byX, t.step), this.#valuesAt(byY, t.step)];
    const { width, spec } = this.scatter;
    const [[x0, x1], [y0, y1]] = this.extents;
    const height = spec.height(width);
    const px = (v) => 50 + ((v - x0) / (x1 - x0)) * (width - 64);
    const py = (v) => height - 36 - ((v - y0) / (y1 - y0)) * (height - 46);
    this.project = { px, py };
    this.placed = Array.from(vx, (v, i) => ({ i, vx: v, vy: vy[i], px: px(v), py: py(vy[i]) })).filter((m) => !Number.isNaN(m.px + m.py));
    this.scatter.setTitle(`Heads at step ${t.step}`);
    this.scatter.setNote('A mark a head, its layer as number; the trail is its way through training until the cursor.');
    const set = (k, v) => this.scatter.plot.setAttribute(k, v);
    set('role', 'group');
    set('aria-label', `${this.placed.length} heads at step ${t.step}: ${this.#titleOf(state.x)} across, ${this.#titleOf(state.y)} up; up and down choose a head. The table has the numbers.`);
  }

  #axes(pen, w, hh, k) {
    if (!this.ready) return;
    const { px, py } = this.project;
    const [[x0, x1], [y0, y1]] = this.extents;
    for (const v of linearTicks(x0, x1, w / 90)) {
      pen.line([px(v), 10, px(v), hh - 36], 4, { stroke: k.rule });
      pen.text(number(v).replace(/\.?0+$/, ''), px(v), hh - 22, { fill: k.muted, anchor: 'middle', size: 11 });
    }
    for (const v of linearTicks(y0, y1, hh / 50)) {
      pen.line([50, py(v), w - 14, py(v)], 4, { stroke: k.rule });
      pen.text(number(v).replace(/\.?0+$/, ''), 44, py(v) + 4, { fill: k.muted, anchor: 'end', size: 11 });
    }
    const state = this.app.store.get();
    pen.text(`${this.#titleOf(state.x)} →`, w - 14, hh - 6, { fill: k.text, anchor: 'end' });
    pen.text(`↑ ${this.#titleOf(state.y)}`, 54, 20, { fill: k.text, halo: k.paper });
  }

  #marks(pen, w, hh, k) {
    if (!this.ready) return;
    const chosen = this.#chosen(this.app.store.get());
    const heads = this.t.row.heads;
    for (const m of this.placed) this.#trail(pen, m.i, k, m.i === chosen);
    for (const m of this.placed) {
      const layer = Math.floor(m.i / heads);
      const name = k[LAYER_INKS[layer % LAYER_INKS.length]];
      pen.disc(m.px, m.py, 8, m.i === chosen ? { fill: name, stroke: k.text, width: 2 } : { fill: k.paper, stroke: name, width: 1.6 });
      pen.text(String(layer), m.px, m.py + 3.6, { size: 10, anchor: 'middle', fill: m.i === chosen ? k.paper : name, weight: 600 });
    }
    const lit = this.placed.find((m) => m.i === this.#index(this.app.store.get().hoverHead));
    if (lit) pen.disc(lit.px, lit.py, 12, { stroke: k.text, dash: [3, 2], width: 1.5 });
    const mark = lit ?? this.placed.find((m) => m.i === chosen);
    if (mark) pen.text(this.#name(mark.i), mark.px + 12, mark.py - 8, { fill: k.text, halo: k.paper, weight: 600 });
  }

  /** All trails where heads are few, else that of the chosen one. */
  #trail(pen, i, k, chosen) {
    const { byX, byY } = this;
    const n = byX.layers * byX.heads;
    if (n > 32 && !chosen) return;
    const points = [];
    const rows = indexAt(byX.steps, byX.rows, this.t.step);
    for (let r = 0; r <= rows; r++) {
      const other = indexAt(byY.steps, byY.rows, byX.steps[r]);
      const [x, y] = [this.project.px(byX.values[r * n + i]), this.project.py(byY.values[other * n + i])];
      if (!Number.isNaN(x + y)) points.push(x, y);
    }
    const layer = Math.floor(i / byX.heads);
    pen.line(points, points.length, { stroke: k[LAYER_INKS[layer % LAYER_INKS.length]], alpha: chosen ? 0.9 : 0.35, width: chosen ? 1.8 : 1 });
  }

  #table() {
    const map = this.values;
    if (!map) return { columns: [], rows: [] };
    const n = map.layers * map.heads;
    return {
      columns: ['step', ...Array.from({ length: n }, (_, i) => this.#name(i))],
      rows: Array.from({ length: map.rows }, (_, r) => [map.steps[r], ...map.values.subarray(r * n, (r + 1) * n)]),
    };
  }

  #scatterTable() {
    const state = this.app.store.get();
    return { columns: ['head', this.#titleOf(state.x), this.#titleOf(state.y)], rows: [...(this.placed ?? [])].sort((a, b) => b.vy - a.vy).map((m) => [this.#name(m.i), m.vx, m.vy]) };
  }
}
