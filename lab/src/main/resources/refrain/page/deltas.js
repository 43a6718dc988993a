/**
 * By how much each token's loss changes: a bar up where it got worse, down where better, and a short
 * rule where the placebo stands.
 */
import { Figure } from './figure.js';
import { ink } from './ink.js';
import { linearTicks, number } from './scale.js';

const LEFT = 40;
const TOP = 8;
const FOOT = 34;
const HEIGHT = 150;

export class Deltas {
  /** @param {{name: string, table: () => any, hover: (i: number|null) => void, pick: (i: number) => void}} to */
  constructor(to) {
    this.view = null;
    this.figure = new Figure({
      name: to.name,
      height: () => HEIGHT,
      draw: (pen, w, h, k) => this.#draw(pen, w, h, k),
      over: (pen, w, h, k) => this.#over(pen, w, h, k),
      table: to.table,
    });
    const plot = this.figure.plot;
    plot.setAttribute('role', 'img');
    plot.addEventListener('pointermove', (e) => to.hover(this.#under(e)));
    plot.addEventListener('pointerleave', () => to.hover(null));
    plot.addEventListener('click', (e) => {
      const i = this.#under(e);
      if (i !== null) to.pick(i);
    });
  }

  get root() {
    return this.figure.root;
  }

  #under(event) {
    const n = this.view?.change.length ?? 0;
    const i = Math.floor(((this.figure.at(event).x - LEFT) / (this.figure.width - LEFT)) * n);
    return i >= 0 && i < n ? i : null;
  }

  /**
   * @param {{change: number[], placebo: number[], names: string[], lit: number|null, marks: [string, string]}} view losses of
   *     each position: at the cursor's minus the other's; `marks` say what up and down mean
   */
  show(view) {
    const k = ink();
    const same = this.view && view.change === this.view.change && view.placebo === this.view.placebo && this.inked === k;
    this.view = view;
    this.inked = k;
    if (same) this.figure.paintTop();
    else this.figure.paint();
  }

  #range() {
    const all = [...this.view.change, ...this.view.placebo].filter((v) => Number.isFinite(v));
    return Math.max(0.1, ...all.map(Math.abs));
  }

  #draw(pen, w, h, k) {
    const { view } = this;
    if (!view?.change.length) return;
    const top = this.#range();
    const [middle, half] = [(TOP + h - FOOT) / 2, (h - FOOT - TOP) / 2];
    const y = (v) => middle - (v / top) * half;
    const cell = (w - LEFT) / view.change.length;
    for (const tick of linearTicks(-top, top, 5)) {
      pen.line([LEFT, y(tick), w, y(tick)], 4, { stroke: k.rule });
      pen.text(number(tick), LEFT - 5, y(tick) + 4, { anchor: 'end', size: 10.5, fill: k.muted });
    }
    view.change.forEach((v, i) => {
      if (!Number.isFinite(v)) return;
      const x = LEFT + i * cell;
      const [from, to] = v > 0 ? [y(v), middle] : [middle, y(v)];
      pen.rect(x + cell * 0.15, from, cell * 0.7, Math.max(0.5, to - from), { fill: v > 0 ? k.c1 : k.c0 });
      const p = view.placebo[i];
      if (Number.isFinite(p)) pen.line([x, y(p), x + cell, y(p)], 4, { stroke: k.text, width: 1.6 });
    });
    pen.line([LEFT, middle, w, middle], 4, { stroke: k.muted });
    const every = Math.max(1, Math.ceil(30 / cell));
    for (let i = 0; i < view.names.length; i += every) pen.text((view.names[i] ?? '').slice(0, 5), LEFT + (i + 0.5) * cell, h - 20, { anchor: 'middle', size: 10.5, fill: k.muted });
    const [up, down] = view.marks;
    pen.text(`▲ ${up}  ▼ ${down}${view.placebo.length ? '  ━ placebo' : ''}`, LEFT, h - 5, { size: 11, fill: k.muted });
  }

  #over(pen, w, h, k) {
    const { view } = this;
    if (!view?.change.length || view.lit === null) return;
    const cell = (w - LEFT) / view.change.length;
    pen.rect(LEFT + view.lit * cell, TOP - 4, cell, h - FOOT, { stroke: k.c1, width: 1.5 });
  }
}
