/**
 * Rows of numbers over training as one picture: a pixel column shows the last row until there, and
 * is put on the canvas in one piece.
 */
import { Figure } from './figure.js';
import { sequential } from './ink.js';
import { indexAt, number, XScale } from './scale.js';

const TOP = 6;
const BOTTOM = 36;
const RIGHT = 10;

/**
 * @typedef {object} HeatView
 * @property {import('./scale.js').Axis} axis
 * @property {number} low
 * @property {number} high
 * @property {Float64Array} steps of the columns of `values`
 * @property {(column: number, row: number) => number} value
 * @property {number} rows
 * @property {number} left pixels for the rows' labels
 * @property {{row: number, text: string}[]} labels
 * @property {number[]} [rules] rows above which a line separates groups
 * @property {[number, number]} range
 * @property {number|null} cursor
 * @property {number|null} pin
 * @property {number|null} hover
 * @property {number|null} chosen a row
 * @property {any} [window]
 * @property {string} unit
 */
export class Heat {
  /**
   * @param {string} name
   * @param {{height: (w: number) => number, table: () => any, gesture: (figure: Figure, heat: Heat) => void, tools?: Node[]}} spec
   */
  constructor(name, spec) {
    /** @type {HeatView|null} */
    this.view = null;
    this.picture = document.createElement('canvas');
    this.figure = new Figure({
      name,
      height: spec.height,
      draw: (pen, w, h, k) => this.#draw(pen, w, h, k),
      over: (pen, w, h, k) => this.#over(pen, w, h, k),
      table: spec.table,
      tools: spec.tools,
      foot: () => this.view?.axis.title ?? '',
    });
    spec.gesture(this.figure, this);
  }

  get root() {
    return this.figure.root;
  }

  show(view) {
    this.view = view;
    this.figure.paint();
  }

  /** @param {number|null} [lit] a row that is pointed at elsewhere */
  move(cursor, pin, hover, chosen, lit = null) {
    if (!this.view) return;
    Object.assign(this.view, { cursor, pin, hover, chosen, lit });
    this.figure.paintTop();
  }

  scale(width = this.figure.width) {
    const view = /** @type {HeatView} */ (this.view);
    return new XScale(view.axis, view.low, view.high, view.left, width - RIGHT);
  }

  /** The row at a pixel, or null beside them. */
  rowAt(y) {
    const view = this.view;
    if (!view) return null;
    const row = Math.floor(((y - TOP) / (this.figure.height - TOP - BOTTOM)) * view.rows);
    return row >= 0 && row < view.rows ? row : null;
  }

  /** The column of numbers at x. */
  columnAt(x) {
    const view = /** @type {HeatView} */ (this.view);
    return indexAt(view.steps, view.steps.length, x);
  }

  #draw(pen, w, h, k) {
    const view = this.view;
    if (!view || !view.rows || !view.steps.length) return;
    const x = this.scale(w);
    const height = h - TOP - BOTTOM;
    const begin = Math.max(view.left, x.at(view.steps[0]));
    const end = Math.min(x.right, x.at(view.steps[view.steps.length - 1]) + 1);
    if (end > begin) {
      this.#paint(x, Math.round(begin), Math.round(end), sequential(k));
      pen.image(this.picture, Math.round(begin), TOP, Math.round(end) - Math.round(begin), height);
    }
    for (const row of view.rules ?? []) {
      const y = TOP + (row / view.rows) * height;
      pen.line([view.left, y, x.right, y], 4, { stroke: k.paper, width: 2 });
    }
    for (const label of view.labels) {
      pen.text(label.text, view.left - 6, TOP + ((label.row + 0.5) / view.rows) * height + 4, { fill: k.muted, anchor: 'end', size: 11 });
    }
    for (const t of x.ticks(46)) {
      pen.line([t.at, h - BOTTOM, t.at, h - BOTTOM + 4], 4, { stroke: k.muted });
      pen.text(t.text, t.at, h - BOTTOM + 15, { fill: k.muted, anchor: 'middle', size: 11 });
    }
    colourBar(pen, view.left, h - 12, Math.min(160, w - view.left - 130), view.range, view.unit, k);
  }

  #paint(x, begin, end, table) {
    const view = /** @type {HeatView} */ (this.view);
    const width = Math.max(1, end - begin);
    this.picture.width = width;
    this.picture.height = view.rows;
    const context = /** @type {CanvasRenderingContext2D} */ (this.picture.getContext('2d'));
    const image = context.createImageData(width, view.rows);
    const words = new Uint32Array(image.data.buffer);
    const [low, high] = view.range;
    const slope = 255 / (high - low || 1);
    for (let p = 0; p < width; p++) {
      const column = this.columnAt(x.x(begin + p + 0.5));
      for (let r = 0; r < view.rows; r++) {
        const v = view.value(column, r);
        if (!Number.isNaN(v)) words[r * width + p] = table[Math.max(0, Math.min(255, ((v - low) * slope) | 0))];
      }
    }
    context.putImageData(image, 0, 0);
  }

  #over(pen, w, h, k) {
    const view = this.view;
    if (!view) return;
    const x = this.scale(w);
    const rule = (v, look) => {
      if (v === null || v === undefined || v < view.low || v > view.high) return;
      const at = x.at(v);
      pen.line([at, TOP, at, h - BOTTOM], 4, { stroke: k.paper, width: 4, alpha: 0.6 });
      pen.line([at, TOP, at, h - BOTTOM], 4, look);
    };
    if (view.window) {
      rule(view.window.begin, { stroke: k.c4, dash: [2, 3] });
      rule(view.window.end, { stroke: k.c4, dash: [2, 3] });
    }
    rule(view.hover, { stroke: k.muted, dash: [2, 3] });
    rule(view.pin, { stroke: k.text, dash: [6, 3] });
    rule(view.cursor, { stroke: k.text, width: 1.5 });
    const height = (h - TOP - BOTTOM) / view.rows;
    if (view.lit >= 0 && view.lit !== null && view.lit !== undefined) pen.rect(view.left, TOP + view.lit * height, x.right - view.left, Math.max(3, height), { stroke: k.text, dash: [3, 2], width: 1.5 });
    if (view.chosen === null || view.chosen === undefined) return;
    pen.rect(view.left, TOP + view.chosen * height, x.right - view.left, Math.max(3, height), { stroke: k.c1, width: 1.5 });
  }
}

/** The colours of a table in a row, made once. */
const strips = new WeakMap();
function stripOf(table) {
  const strip = document.createElement('canvas');
  strip.width = 128;
  strip.height = 1;
  const context = /** @type {CanvasRenderingContext2D} */ (strip.getContext('2d'));
  const image = context.createImageData(128, 1);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < 128; i++) words[i] = table[2 * i];
  context.putImageData(image, 0, 0);
  return strip;
}

/** The key of a picture's colours, with the numbers of its ends. */
export function colourBar(pen, x, y, width, [low, high], unit, k, table = sequential(k)) {
  if (!strips.has(table)) strips.set(table, stripOf(table));
  const strip = strips.get(table);
  const from = number(low);
  const room = from.length * 6.4 + 6;
  pen.text(from, x, y + 9, { fill: k.muted, size: 11 });
  pen.image(strip, x + room, y, width, 10);
  pen.rect(x + room, y, width, 10, { stroke: k.rule });
  pen.text(`${number(high)} ${unit}`, x + room + width + 6, y + 9, { fill: k.muted, size: 11 });
}
