/**
 * A head beside its null, a row a question: what is lost without it and without each other head of
 * its layer, and how it matches prefixes with a match and without. Rows have scales of their own.
 */
import { Figure } from './figure.js';
import { linearTicks, number } from './scale.js';

const ROW = 74;
const TOP = 6;
const SIDE = 14;

export class NullPlot {
  constructor() {
    this.rows = [];
    this.figure = new Figure({
      name: 'head-and-null',
      height: () => TOP + Math.max(1, this.rows.length) * ROW + 18,
      draw: (pen, w, h, k) => this.#draw(pen, w, h, k),
      table: () => ({ columns: ['question', 'which', 'value', 'standard error'], rows: this.rows.flatMap((r) => [[r.title, r.own.name, r.own.value, r.own.error ?? NaN], ...r.others.map((o) => [r.title, o.name, o.value, o.error ?? NaN])]) }),
    });
    this.figure.plot.setAttribute('role', 'img');
  }

  get root() {
    return this.figure.root;
  }

  /** @param {any} e the evidence @param {(set: any) => string} nameOf */
  show(e, nameOf) {
    const of = (what) => e.placebo.sets.map((s) => ({ name: nameOf(s), value: s.change[what].mean, error: s.change[what].error }));
    const own = (what) => ({ name: e.head, value: e.without[what].mean, error: e.without[what].error });
    this.rows = [
      e.match && { title: 'prefix matching, and without a match', own: { name: e.head, value: e.match.score, error: e.match.error }, others: [{ name: 'without a match', value: e.match.without }], low: 0 },
      { title: 'change of the loss without it, nats', own: own('loss'), others: of('loss') },
      { title: 'change of the ICL score without it, nats', own: own('icl'), others: of('icl') },
    ].filter((r) => r && r.own.value !== null);
    this.figure.setTitle(`${e.head} ◆ beside its null ○`);
    this.figure.setNote(e.placebo.sets.length ? `The null of what is lost: every other head of its layer, off one at a time: ${e.placebo.sets.map(nameOf).join(', ')}.` : `There is no null of what is lost: ${e.placebo.none}.`);
    this.figure.plot.setAttribute('aria-label', this.rows.map((r) => `${r.title}: ${e.head} ${number(r.own.value)}, null ${r.others.map((o) => number(o.value)).join(', ') || 'none'}`).join('; '));
    this.figure.paint();
  }

  paint() {
    this.figure.paint();
  }

  #draw(pen, w, h, k) {
    this.rows.forEach((row, i) => this.#row(pen, row, TOP + i * ROW, w, k));
    pen.text('◆ the head, with its standard error   ○ its null', SIDE, h - 4, { size: 11, fill: k.muted });
  }

  #row(pen, row, y, w, k) {
    const values = [row.own, ...row.others].flatMap((v) => [v.value - (v.error ?? 0), v.value + (v.error ?? 0)]).filter(Number.isFinite);
    const low = Math.min(0, ...values);
    const high = Math.max(low + 1e-6, 0, ...values);
    const pad = (high - low) * 0.06;
    const x = (v) => SIDE + ((v - low + pad) / (high - low + 2 * pad)) * (w - 2 * SIDE);
    pen.text(row.title, SIDE, y + 12, { size: 11.5, fill: k.text });
    const line = y + 36;
    pen.line([SIDE, line, w - SIDE, line], 4, { stroke: k.rule });
    pen.line([x(0), line - 12, x(0), line + 12], 4, { stroke: k.muted, dash: [2, 2] });
    for (const t of linearTicks(low, high, Math.max(2, w / 110))) pen.text(number(t), x(t), line + 26, { anchor: 'middle', size: 10.5, fill: k.muted });
    for (const o of row.others) pen.disc(x(o.value), line, 5, { stroke: k.text, width: 1.5, fill: k.paper });
    const at = x(row.own.value);
    if (row.own.error) pen.line([x(row.own.value - row.own.error), line, x(row.own.value + row.own.error), line], 4, { stroke: k.c1, width: 2.5 });
    pen.text('◆', at, line + 6, { anchor: 'middle', size: 18, fill: k.c1 });
    pen.text(number(row.own.value), at, line - 11, { anchor: at > w - 60 ? 'end' : 'middle', size: 11, weight: 700, fill: k.c1, halo: k.paper });
  }
}
