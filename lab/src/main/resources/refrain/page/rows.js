/** The row of one word in every head: who looks where from here. A line a head, a column a word. */
import { Figure } from './figure.js';
import { sequential } from './ink.js';
import { headName } from './training.js';

const LEFT = 42;
const TOP = 4;
const FOOT = 20;

export class Rows {
  /** @param {{table: () => any, pick: (head: string) => void, hover: (head: string|null) => void}} to */
  constructor(to) {
    this.view = null;
    this.picture = document.createElement('canvas');
    this.figure = new Figure({
      name: 'row-in-every-head',
      height: () => TOP + FOOT + Math.min(this.#count() * this.#pitch(), 320),
      draw: (pen, w, h, k) => this.#draw(pen, w, h, k),
      table: to.table,
    });
    this.figure.plot.addEventListener('click', (e) => {
      const head = this.#under(e);
      if (head) to.pick(head);
    });
    this.figure.plot.addEventListener('pointermove', (e) => to.hover(this.#under(e)));
    this.figure.plot.addEventListener('pointerleave', () => to.hover(null));
    this.figure.plot.setAttribute('role', 'img');
  }

  /** The head under the pointer. */
  #under(event) {
    const film = this.view?.film;
    if (!film?.size) return null;
    const i = Math.floor(((this.figure.at(event).y - TOP) / (this.figure.height - TOP - FOOT)) * this.#count());
    return i >= 0 && i < this.#count() ? headName(Math.floor(i / film.heads), i % film.heads) : null;
  }

  get root() {
    return this.figure.root;
  }

  #count() {
    const film = this.view?.film;
    return film?.size ? film.layers * film.heads : 0;
  }

  #pitch() {
    return Math.max(3, Math.min(18, 320 / Math.max(1, this.#count())));
  }

  show(view, ink) {
    this.view = view;
    const { film, frame, lit } = view;
    const ready = film?.size && frame >= 0 && lit !== null;
    this.ready = ready;
    if (!ready) return;
    this.#paint(view, sequential(ink));
    this.figure.paint();
  }

  /** Says in words what {@link show} drew. */
  name() {
    const { lit, names } = this.view;
    this.root.classList.toggle('waiting', !this.ready);
    if (!this.ready) return this.figure.setTitle('A word’s row in every head');
    this.figure.setTitle(`${names[lit]} (${lit}) in every head: what it attends to`);
    this.figure.label('img', `Attention from ${names[lit]} at position ${lit} in each of ${this.#count()} heads; the table has the numbers.`);
  }

  #paint({ film, frame, lit }, table) {
    const n = this.#count();
    const block = Math.ceil(film.T / film.size);
    const row = Math.floor(lit / block);
    if (this.picture.width !== film.size || this.picture.height !== n) {
      this.picture.width = film.size;
      this.picture.height = n;
    }
    const image = new ImageData(film.size, n);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < n; i++) {
      const from = film.offset(frame, 0, i) + (row * (row + 1)) / 2;
      for (let j = 0; j <= row; j++) words[i * film.size + j] = table[film.patterns[from + j]];
    }
    this.picture.getContext('2d').putImageData(image, 0, 0);
  }

  #draw(pen, w, h, k) {
    const { film, frame, lit, names, chosen } = this.view ?? {};
    if (!film?.size || frame < 0 || lit === null) return;
    const height = h - TOP - FOOT;
    const pitch = height / this.#count();
    const width = w - LEFT;
    pen.rect(LEFT, TOP, width, height, { fill: k.field });
    pen.image(this.picture, LEFT, TOP, width, height);
    const every = Math.ceil(11 / pitch);
    for (let i = 0; i < this.#count(); i += every) {
      const mine = chosen && i === chosen.layer * film.heads + chosen.head;
      pen.text(headName(Math.floor(i / film.heads), i % film.heads), LEFT - 5, TOP + (i + 0.5) * pitch + 4, { anchor: 'end', size: 11, fill: mine ? k.text : k.muted, weight: mine ? 700 : 400 });
    }
    for (let l = 1; l < film.layers; l++) pen.line([LEFT, TOP + l * film.heads * pitch, w, TOP + l * film.heads * pitch], 4, { stroke: k.paper, width: 2 });
    const cell = width / film.T;
    const words = Math.ceil(26 / cell);
    for (let j = 0; j < film.T; j += words) pen.text((names[j] ?? '').slice(0, 5), LEFT + (j + 0.5) * cell, h - 6, { anchor: 'middle', size: 10.5, fill: k.muted });
    pen.line([LEFT + (lit + 1) * cell, TOP, LEFT + (lit + 1) * cell, TOP + height], 4, { stroke: k.c1 });
  }
}
