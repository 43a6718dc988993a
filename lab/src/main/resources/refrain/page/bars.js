/**
 * Probabilities of the next token as grouped bars: as the model is, under the switches, and under
 * the placebo, whose single sets stand as dots on its bar. The token that follows is marked.
 */
import { Figure } from './figure.js';
import { number } from './scale.js';

const LEFT = 84;
const RIGHT = 44;
/** Width of what says which token follows, in the key. */
const FOLLOWS = 56;
const PITCH = 11;
const GAP = 9;
const TOP = 6;
const FOOT = 24;

/** The three kinds of bar: how each looks, so that colour is not the only sign. */
export const KINDS = [
  { key: 'before', text: 'as it is', ink: 'c0', look: (k) => ({ fill: k.c0 }) },
  { key: 'after', text: 'switched', ink: 'c1', look: (k) => ({ fill: k.paper, stroke: k.c1, width: 2 }) },
  { key: 'placebo', text: 'placebo', ink: 'muted', look: (k) => ({ fill: k.rule, stroke: k.muted, dash: [2, 2] }) },
];

export class Bars {
  /** @param {{name?: string, kinds?: typeof KINDS, least?: number, table: () => any}} to `least`: rows that there is room for */
  constructor(to) {
    this.kinds = to.kinds ?? KINDS;
    this.view = null;
    this.figure = new Figure({
      name: to.name ?? 'next-token',
      height: () => TOP + FOOT + Math.max(to.least ?? 1, this.view?.rows.length ?? 1) * this.#group(),
      draw: (pen, w, h, k) => this.#draw(pen, w, h, k),
      table: to.table,
    });
    this.figure.plot.setAttribute('role', 'img');
  }

  get root() {
    return this.figure.root;
  }

  #shown() {
    return this.kinds.filter((kind) => this.view?.kinds.includes(kind.key));
  }

  #group() {
    return Math.max(1, this.#shown().length) * PITCH + GAP;
  }

  /**
   * @param {{rows: {name: string, follows: boolean, values: Record<string, number>, dots?: number[]}[], kinds: string[], title: string, said: string}} view
   */
  show(view) {
    this.view = view;
    this.figure.setTitle(view.title);
    this.figure.plot.setAttribute('aria-label', view.said);
    this.figure.paint();
  }

  #draw(pen, w, h, k) {
    const { view } = this;
    if (!view?.rows.length) return;
    const shown = this.#shown();
    const width = w - LEFT - RIGHT;
    const all = view.rows.flatMap((r) => [...shown.map((s) => r.values[s.key]), ...(r.dots ?? [])]);
    const top = Math.max(0.01, ...all.filter((v) => Number.isFinite(v)));
    const x = (p) => LEFT + (p / top) * width;
    view.rows.forEach((row, i) => {
      const y = TOP + i * this.#group();
      const name = row.name.length > 9 ? `${row.name.slice(0, 8)}…` : row.name;
      if (row.follows) pen.rect(0, y - GAP / 2, w, this.#group(), { fill: k.field });
      pen.text(`${row.follows ? '▸ ' : ''}${name}`, LEFT - 8, y + (shown.length * PITCH) / 2 + 4, { anchor: 'end', fill: row.follows ? k.text : k.muted, weight: row.follows ? 700 : 400, size: 12.5 });
      shown.forEach((kind, n) => this.#bar(pen, row, kind, x, y + n * PITCH, k));
    });
    this.#key(pen, shown, w, h, k);
  }

  #bar(pen, row, kind, x, y, k) {
    const value = row.values[kind.key];
    if (value === undefined || Number.isNaN(value)) return;
    const inset = kind.key === 'before' ? 0 : 1;
    pen.rect(LEFT, y + inset, Math.max(0.5, x(value) - LEFT), PITCH - 1 - 2 * inset, kind.look(k));
    let end = x(value);
    if (kind.key === 'placebo') {
      for (const dot of row.dots ?? []) {
        pen.disc(x(dot), y + PITCH / 2 - 0.5, 2.4, { fill: k.text });
        end = Math.max(end, x(dot) + 3);
      }
    }
    pen.text(number(value), end + 4, y + PITCH - 2, { size: 10.5, fill: k.muted });
  }

  #key(pen, shown, w, h, k) {
    const wide = (kind) => 30 + kind.text.length * 6.4;
    const all = shown.reduce((sum, kind) => sum + wide(kind), FOLLOWS);
    let x = LEFT + all > w ? Math.max(0, w - all) : LEFT;
    for (const kind of shown) {
      pen.rect(x, h - 14, 16, 8, kind.look(k));
      pen.text(kind.text, x + 20, h - 6, { size: 11, fill: k.text });
      x += wide(kind);
    }
    if (this.view.rows.some((r) => r.follows)) pen.text('▸ follows', x, h - 6, { size: 11, fill: k.text, weight: 700 });
  }
}
