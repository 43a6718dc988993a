/**
 * The frame of every figure: title with its card, a value at the cursor, two layers of canvas (what
 * changes with data, and what changes with the cursor), a table in its place, and its files.
 */
import { button, h, say } from './dom.js';
import { ink } from './ink.js';
import { CanvasPen, forgetFont } from './pen.js';
import { saveCsv, savePng, saveSvg } from './save.js';
import { tableOf } from './table.js';

const HEAD_HEIGHT = 28;
const LEGEND_WIDTH = 170;
const TWIN_MS = 200;

/**
 * @typedef {object} FigureSpec
 * @property {() => string} [foot] what the horizontal axis is, for files
 * @property {() => {text: string, ink: string, dash: number[]}[]} [legend] whose lines they are, for files
 * @property {string} name of its files
 * @property {(width: number) => number} height in pixels
 * @property {(pen: import('./pen.js').Pen, w: number, h: number, ink: import('./ink.js').Ink) => void} draw
 * @property {(pen: import('./pen.js').Pen, w: number, h: number, ink: import('./ink.js').Ink) => void} [over] above it, with the cursor
 * @property {() => {columns: string[], rows: (string|number)[][]}} table
 * @property {() => {columns: string[], rows: any[][]}} [twin] the table as it stands on the page, where it has buttons
 * @property {Node[]} [tools] more buttons
 */
export class Figure {
  /** @param {FigureSpec} spec */
  constructor(spec) {
    this.spec = spec;
    this.width = 0;
    this.filling = 0;
    this.title = h('span', { class: 'title' });
    this.value = h('span', { class: 'value' });
    this.note = h('p', { class: 'made' });
    this.base = h('canvas', { 'aria-hidden': 'true' });
    this.top = h('canvas', { 'aria-hidden': 'true' });
    this.plot = h('div', { class: 'plot', tabindex: '0' }, this.base, this.top);
    this.twin = h('div', { class: 'twin', hidden: true });
    this.tableButton = button('Table', 'Table: the numbers of this figure', () => this.#toggle(), { 'aria-expanded': 'false' });
    this.root = h('figure', {},
      h('figcaption', {}, this.title, this.value, h('span', { class: 'tools' }, spec.tools ?? [], this.tableButton, this.#menu())),
      this.plot, this.twin, this.note);
    new ResizeObserver(() => this.#resized()).observe(this.plot);
  }

  #menu() {
    const save = (how) => () => {
      how();
      menu.open = false;
    };
    const menu = /** @type {HTMLDetailsElement} */ (h('details', { class: 'menu' },
      h('summary', { title: 'Save this figure' }, 'Save'),
      h('div', {},
        button('SVG', 'Save as SVG', save(() => saveSvg(this.spec.name, ...this.#sheet()))),
        button('PNG', 'Save as PNG', save(() => savePng(this.spec.name, ...this.#sheet()))),
        button('CSV', 'Save the numbers as CSV', save(() => saveCsv(this.spec.name, this.spec.table()))))));
    menu.addEventListener('focusout', (e) => {
      if (!menu.contains(/** @type {Node} */ (e.relatedTarget))) menu.open = false;
    });
    return menu;
  }

  /** The figure as it is saved: title above, what the axis is and whose lines they are below. */
  #sheet() {
    const { draw, over, foot, legend } = this.spec;
    const lines = legend?.() ?? [];
    const perRow = Math.max(1, Math.floor(this.width / LEGEND_WIDTH));
    const below = (foot ? 18 : 0) + Math.ceil(lines.length / perRow) * 18 + 6;
    const whole = (pen, w, hh, k) => {
      pen.text(`${this.title.textContent}`, 8, 18, { size: 13, weight: 600, fill: k.text });
      pen.shift(0, HEAD_HEIGHT, () => {
        draw(pen, w, this.height, k);
        over?.(pen, w, this.height, k);
      });
      const y = HEAD_HEIGHT + this.height;
      if (foot) pen.text(foot(), w - 10, y + 12, { anchor: 'end', fill: k.muted });
      lines.forEach((line, i) => {
        const [x, at] = [8 + (i % perRow) * LEGEND_WIDTH, y + (foot ? 18 : 0) + 14 + Math.floor(i / perRow) * 18];
        pen.line([x, at - 4, x + 26, at - 4], 4, { stroke: k[line.ink], width: 2.2, dash: line.dash });
        pen.text(line.text, x + 32, at, { fill: k.text });
      });
    };
    return [whole, this.width, HEAD_HEIGHT + this.height + below];
  }

  #toggle() {
    const shown = this.twin.hidden;
    this.twin.hidden = !shown;
    this.tableButton.setAttribute('aria-expanded', String(shown));
    if (shown) this.#fillTwin();
    else this.twin.replaceChildren();
  }

  /** The table of what is drawn now; a button in it that has the focus keeps it. */
  #fillTwin() {
    this.filling = 0;
    if (this.twin.hidden) return;
    const held = this.twin.contains(document.activeElement) ? document.activeElement?.getAttribute('data-key') : null;
    const top = this.twin.firstElementChild?.scrollTop ?? 0;
    this.twin.replaceChildren(tableOf(this.title.textContent ?? '', (this.spec.twin ?? this.spec.table)()));
    if (top) this.twin.firstElementChild.scrollTop = top;
    if (held) /** @type {HTMLElement|null} */ (this.twin.querySelector(`[data-key="${CSS.escape(held)}"]`))?.focus();
  }

  #resized() {
    const width = Math.floor(this.plot.clientWidth);
    if (width === this.width || !width) return;
    this.width = width;
    this.paint();
  }

  /** Draws both layers. */
  paint() {
    if (!this.width || !this.root.isConnected) return;
    this.height = Math.round(this.spec.height(this.width));
    this.#layer(this.base, this.spec.draw);
    this.paintTop();
    if (!this.twin.hidden && !this.filling) this.filling = setTimeout(() => this.#fillTwin(), TWIN_MS);
  }

  /** Draws what follows the cursor alone. */
  paintTop() {
    if (this.width && this.spec.over && this.root.isConnected) this.#layer(this.top, this.spec.over);
  }

  #layer(canvas, draw) {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const [w, hh] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (canvas.width !== w || canvas.height !== hh) {
      forgetFont(canvas.getContext('2d'));
      canvas.width = w;
      canvas.height = hh;
      canvas.style.width = `${this.width}px`;
      canvas.style.height = `${this.height}px`;
      this.plot.style.height = `${this.height}px`;
    }
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    draw(new CanvasPen(context), this.width, this.height, ink());
  }

  setTitle(text) {
    say(this.title, text);
  }

  setValue(text) {
    say(this.value, text);
  }

  setNote(text) {
    say(this.note, text);
  }

  #set(name, value) {
    if (this.plot.getAttribute(name) !== String(value)) this.plot.setAttribute(name, String(value));
  }

  /** What the plot is to who does not see it. */
  label(role, text) {
    this.#set('role', role);
    this.#set('aria-label', text);
  }

  /** Makes the plot a slider of the cursor: one tab stop, announced with its value. */
  describe(label, step, low, high, text) {
    this.label('slider', label);
    this.#set('aria-valuemin', low);
    this.#set('aria-valuemax', high);
    this.#set('aria-valuenow', step);
    this.#set('aria-valuetext', text);
  }

  /** Where the pointer is, in the figure's pixels. */
  at(event) {
    const box = this.plot.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}
