/**
 * Lines over training. Every row counts: where a pixel holds many, the least and the greatest are
 * drawn, so that no spike is lost. Smoothing lies above the raw line and never replaces it.
 */
import { h, say } from './dom.js';
import { Figure } from './figure.js';
import { indexAt, linearTicks, number, warp, XScale } from './scale.js';

const LEFT = 46;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 22;
const MOST_LEGEND = 48;
const MOST_NAMED = 4;
const NEAR = 7;

/**
 * @typedef {object} Line
 * @property {import('./data.js').Column} column
 * @property {number} perStep x per step of this run
 * @property {string} ink
 * @property {number[]} dash
 * @property {number} width
 * @property {number} alpha
 * @property {number} [end] x at which the run stands; without it that of the last row
 * @property {string} label
 * @property {boolean} main
 * @property {boolean} [reference] a baseline of the main run
 */

/** @typedef {{x: number, step: number, kind: string, text: string}} Mark an event at x, and what was said then */

/**
 * @typedef {object} View
 * @property {import('./scale.js').Axis} axis
 * @property {number} low
 * @property {number} high in units of x
 * @property {Line[]} lines
 * @property {number} smooth
 * @property {{begin: number, end: number, tau: number, low: number, high: number}|null} window in x
 * @property {Mark[]} [marks] events, in order
 * @property {number|null} cursor
 * @property {number|null} pin
 * @property {number|null} hover
 */

export class Chart {
  /**
   * @param {string} name
   * @param {{
   *   gesture: (figure: Figure, chart: Chart) => void,
   *   table: () => {columns: string[], rows: (string|number)[][]},
   *   tools?: Node[], height?: number}} spec
   */
  constructor(name, spec) {
    /** @type {View|null} */
    this.view = null;
    this.points = new Float64Array(4096);
    this.figure = new Figure({
      name,
      height: (w) => spec.height ?? Math.max(150, Math.min(230, w * 0.5)),
      draw: (pen, w, h, k) => this.#draw(pen, w, h, k),
      over: (pen, w, h, k) => this.#over(pen, w, h, k),
      table: spec.table,
      tools: spec.tools,
      foot: () => this.view?.axis.title ?? '',
      legend: () => this.#legend(),
    });
    this.told = this.figure.plot.appendChild(h('div', { class: 'told', hidden: true, 'aria-hidden': 'true' }));
    spec.gesture(this.figure, this);
  }

  get root() {
    return this.figure.root;
  }

  /** A line of the legend for each look that is drawn. */
  #legend() {
    const looks = new Map();
    for (const l of this.view?.lines ?? []) {
      const text = l.reference ? l.label : l.label.replace(/, seed -?\d+$/, '');
      if (!looks.has(text)) looks.set(text, { text, ink: l.ink, dash: l.dash });
    }
    return looks.size <= MOST_LEGEND ? [...looks.values()] : [];
  }

  /** @param {View} view */
  show(view) {
    this.view = view;
    this.range = yRange(view);
    this.figure.paint();
  }

  /** Moves the cursor alone; a line that is pointed at elsewhere, by its label, is lit here. */
  move(cursor, pin, hover, lit = null) {
    if (!this.view) return;
    Object.assign(this.view, { cursor, pin, hover });
    this.lit = lit;
    this.figure.paintTop();
  }

  scale(width = this.figure.width) {
    const { axis, low, high } = /** @type {View} */ (this.view);
    return new XScale(axis, low, high, LEFT, width - RIGHT);
  }

  #y(h) {
    const [low, high] = this.range;
    const slope = (h - BOTTOM - TOP) / (high - low);
    return (v) => h - BOTTOM - (v - low) * slope;
  }

  #draw(pen, w, h, k) {
    const view = this.view;
    if (!view) return;
    const x = this.scale(w);
    const y = this.#y(h);
    this.#window(pen, x, h, k);
    for (const v of linearTicks(this.range[0], this.range[1], (h - TOP - BOTTOM) / 38)) {
      pen.line([LEFT, y(v), w - RIGHT, y(v)], 4, { stroke: k.rule });
      pen.text(number(v).replace(/\.?0+$/, ''), LEFT - 6, y(v) + 4, { fill: k.muted, anchor: 'end', size: 11 });
    }
    for (const t of x.ticks(46)) {
      pen.line([t.at, h - BOTTOM, t.at, h - BOTTOM + 4], 4, { stroke: k.muted });
      pen.text(t.text, Math.min(t.at, w - 3.6 * t.text.length), h - BOTTOM + 15, { fill: k.muted, anchor: 'middle', size: 11 });
    }
    pen.clip(LEFT, TOP - 4, w - LEFT - RIGHT, h - TOP - BOTTOM + 8, () => {
      for (const line of view.lines) this.#line(pen, line, x, y, w, k);
    });
    this.#references(pen, y, k);
    this.#marks(pen, x, y, h, k);
  }

  /** A line down from its word, or its first letter where there are many, and a square on the curve. */
  #marks(pen, x, y, h, k) {
    const view = /** @type {View} */ (this.view);
    const marks = (view.marks ?? []).filter((m) => m.x >= view.low && m.x <= view.high);
    const line = view.lines.find((l) => l.main && !l.reference && l.column.n);
    marks.forEach((mark, i) => {
      const at = x.at(mark.x);
      const row = TOP + 11 + 13 * (i % 3);
      const word = marks.length <= MOST_NAMED ? mark.kind : mark.kind[0].toUpperCase();
      const right = at > x.right - 6 * word.length - 8;
      pen.line([at, row - 9, at, h - BOTTOM], 4, { stroke: k.text, dash: [1, 3] });
      pen.text(word, right ? at - 4 : at + 4, row, { fill: k.text, anchor: right ? 'end' : 'start', size: 10.5, halo: k.paper });
      // A square: discs are the cursor's, and a hollow one is a run that ended.
      if (line) pen.rect(at - 3.5, y(onCurve(line, mark.x, x.axis)) - 3.5, 7, 7, { fill: mark.kind === 'suspected' ? k.paper : k.text, stroke: k.text, width: 1.5 });
    });
  }

  /** The event whose line passes by a pixel, and its words beside it; nothing: they are put away. */
  tell(px) {
    const view = this.view;
    const x = view && this.scale();
    const near = px < 0 || !x ? [] : (view.marks ?? []).filter((m) => m.x >= view.low && m.x <= view.high && Math.abs(x.at(m.x) - px) <= NEAR);
    this.told.hidden = !near.length;
    say(this.told, near.map((m) => m.text).join('\n'));
    if (near.length) this.told.style.left = `${Math.max(0, Math.min(this.figure.width - Math.min(280, this.figure.width), x.at(near[0].x) + 8))}px`;
    return near;
  }

  #window(pen, x, h, k) {
    const window = this.view?.window;
    if (!window) return;
    const clamp = (v) => Math.max(LEFT, Math.min(x.right, x.at(v)));
    const [a, b, c, d, t] = [window.begin, window.end, window.low, window.high, window.tau].map(clamp);
    pen.rect(a, TOP, b - a, h - TOP - BOTTOM, { fill: k.c4, alpha: 0.1 });
    pen.rect(c, TOP, Math.max(1, d - c), h - TOP - BOTTOM, { fill: k.c4, alpha: 0.28 });
    if (t > LEFT && t < x.right) pen.line([t, TOP, t, h - BOTTOM], 4, { stroke: k.c4, dash: [3, 3] });
  }

  #line(pen, line, x, y, w, k) {
    const { column } = line;
    const places = column.places(x.axis, line.perStep);
    const smooth = line.reference ? 0 : /** @type {View} */ (this.view).smooth;
    const look = { stroke: k[line.ink], width: line.width, dash: line.dash, alpha: line.alpha };
    const raw = smooth ? { ...look, alpha: line.alpha * 0.35, width: 1 } : look;
    pen.line(...this.#thin(places, column.y, column.n, x, y, w), raw);
    if (smooth) pen.line(...this.#thin(places, smoothed(places, column, smooth), column.n, x, y, w), look);
  }

  /** Pixels of a line: all of its points, or four a pixel where there are more. */
  #thin(places, values, n, x, y, w) {
    const need = 2 * Math.min(n, 4 * w + 8) + 16;
    if (this.points.length < need) this.points = new Float64Array(2 * need);
    const out = this.points;
    const px = (i) => x.left + (places[i] - x.u0) * x.slope;
    const from = Math.max(0, indexAt(places, n, x.u0) - 1);
    const to = Math.min(n, indexAt(places, n, x.u0 + (x.right - x.left) / x.slope) + 2);
    let m = 0;
    if (to - from <= 3 * w) {
      for (let i = from; i < to && m + 1 < out.length; i++) {
        out[m++] = px(i);
        out[m++] = y(values[i]);
      }
      return [out, m];
    }
    for (let i = from; i < to && m + 8 < out.length; ) {
      const pixel = Math.floor(px(i));
      const first = values[i];
      let [least, most, last] = [first, first, first];
      for (; i < to && Math.floor(px(i)) === pixel; i++) {
        last = values[i];
        if (last < least) least = last;
        if (last > most) most = last;
      }
      for (const v of [first, least, most, last]) {
        out[m++] = pixel;
        out[m++] = y(v);
      }
    }
    return [out, m];
  }

  #references(pen, y, k) {
    let last = Infinity;
    const lines = /** @type {View} */ (this.view).lines.filter((l) => l.reference && l.column.n);
    const labels = lines.map((l) => ({ text: l.label, at: y(l.column.y[l.column.n - 1]) })).sort((a, b) => b.at - a.at);
    for (const label of labels) {
      const at = Math.min(label.at - 3, last - 12);
      last = at;
      pen.text(label.text, this.figure.width - RIGHT - 2, at, { fill: k.muted, anchor: 'end', size: 10.5, halo: k.paper });
    }
  }

  #over(pen, w, h, k) {
    const view = this.view;
    if (!view) return;
    const x = this.scale(w);
    const y = this.#y(h);
    const rule = (v, look) => {
      if (v === null || v < view.low || v > view.high) return;
      const at = x.at(v);
      pen.line([at, TOP, at, h - BOTTOM], 4, look);
    };
    rule(view.hover, { stroke: k.muted, dash: [2, 3] });
    rule(view.pin, { stroke: k.text, dash: [6, 3] });
    rule(view.cursor, { stroke: k.text, width: 1.5 });
    const lit = this.lit && view.lines.find((l) => l.label === this.lit && l.column.n);
    if (lit) pen.clip(LEFT, TOP - 4, w - LEFT - RIGHT, h - TOP - BOTTOM + 8, () => this.#line(pen, { ...lit, width: 4, alpha: 1 }, x, y, w, k));
    if (view.cursor === null) return;
    for (const line of view.lines) {
      if (!line.column.n || line.reference) continue;
      const { at, ended, value } = valueAt(line, view.cursor);
      if (at < view.low || at > view.high) continue;
      const look = ended ? { fill: k.paper, stroke: k[line.ink], width: 1.5 } : { fill: k[line.ink], stroke: k.paper };
      pen.disc(x.at(at), y(value), line.main ? 4 : 2.5, look);
    }
  }

  /** The line that passes nearest to a pixel. */
  nearest(px, py) {
    const view = this.view;
    if (!view || !this.figure.height) return null;
    const x = this.scale();
    const y = this.#y(this.figure.height);
    let best = null;
    for (const line of view.lines) {
      if (!line.column.n) continue;
      const found = valueAt(line, x.x(px));
      const distance = Math.abs(y(found.value) - py);
      if (!best || distance < best.distance) best = { line, distance, ...found };
    }
    return best;
  }
}

/**
 * A line's value at x: of its last row until there, marked where that row is. Nothing lies between
 * rows; a run that ended earlier shows its last.
 * @param {Line} line
 */
export function valueAt(line, x) {
  const { column, perStep } = line;
  const i = indexAt(column.steps, column.n, x / perStep);
  const last = column.steps[column.n - 1] * perStep;
  return { i, step: column.steps[i], value: column.y[i], at: column.steps[i] * perStep, ended: x > (line.end ?? last) * 1.000001 };
}

/** The height of the drawn line at x, between two rows too. */
function onCurve(line, x, axis) {
  const { column, perStep } = line;
  const i = indexAt(column.steps, column.n, x / perStep);
  if (i + 1 >= column.n) return column.y[i];
  const places = column.places(axis, perStep);
  const part = Math.max(0, (warp(axis, x) - places[i]) / (places[i + 1] - places[i]));
  return column.y[i] + part * (column.y[i + 1] - column.y[i]);
}

/** The range of all that is seen, spikes too. */
function yRange(view) {
  let [low, high] = [Infinity, -Infinity];
  for (const { column, perStep } of view.lines) {
    if (!column.n) continue;
    const from = indexAt(column.steps, column.n, view.low / perStep);
    const to = indexAt(column.steps, column.n, view.high / perStep);
    for (let i = from; i <= to; i++) {
      const v = column.y[i];
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  if (!(high > low)) return Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  const pad = (high - low) * 0.05;
  return [low - pad, high + pad];
}

/**
 * The mean over the neighbours within `half` on the axis, on both sides alike: near an end both
 * sides shrink, so that no trend is bent. NaN never enters: a column holds only rows with a value.
 */
function smoothed(places, column, half) {
  const { y, n } = column;
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i] + y[i];
  const out = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const reach = Math.min(half, places[i] - places[0], places[n - 1] - places[i]);
    let a = indexAt(places, n, places[i] - reach - 1e-12);
    if (places[a] < places[i] - reach - 1e-12) a++;
    const b = indexAt(places, n, places[i] + reach + 1e-12);
    out[i] = (sums[b + 1] - sums[a]) / (b + 1 - a);
  }
  return out;
}
