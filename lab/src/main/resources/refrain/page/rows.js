/** The row of one word in every head: who looks where from here. A line a head, a column a word. */
import { Figure } from './figure.js';
import { sequential } from './ink.js';
import { headName } from './training.js';

const LEFT = 42;
const TOP = 4;
const FOOT = 20;
/** Of more heads those are shown that look most at one earlier word. */
const MOST = 96;
const FEW = 24;

export class Rows {
  /** @param {{table: () => any, pick: (head: string) => void, hover: (head: string|null) => void}} to */
  constructor(to) {
    this.view = null;
    /** @type {number[]} */
    this.order = [];
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
    return i >= 0 && i < this.#count() ? this.#name(this.order[i]) : null;
  }

  #name(head) {
    const { heads } = this.view.film;
    return headName(Math.floor(head / heads), head % heads);
  }

  get root() {
    return this.figure.root;
  }

  #count() {
    return this.view?.film?.size ? this.order.length : 0;
  }

  /** Which heads have a line, from the top: all by their places, or of many the first of those sorted. */
  #heads({ film, frame, lit }) {
    const all = Array.from({ length: film.layers * film.heads }, (_, i) => i);
    if (all.length <= MOST || lit === null || frame < 0) return all.slice(0, MOST);
    const most = all.map((i) => {
      let p = 0;
      for (let j = 1; j < lit; j++) p = Math.max(p, film.attention(frame, Math.floor(i / film.heads), i % film.heads, lit, j));
      return p;
    });
    return all.sort((a, b) => most[b] - most[a]).slice(0, FEW);
  }

  #pitch() {
    return Math.max(3, Math.min(18, 320 / Math.max(1, this.#count())));
  }

  show(view, ink) {
    this.view = view;
    const { film, frame, lit } = view;
    if (film?.size && (this.of?.film !== film || this.of.frame !== frame || this.of.lit !== lit)) {
      this.of = { film, frame, lit };
      this.order = this.#heads(view);
    }
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
    const { film } = this.view;
    const few = this.#count() < film.layers * film.heads;
    this.figure.setTitle(few ? `${names[lit]} (${lit}) in the ${this.#count()} of ${film.layers * film.heads} heads that look most at one earlier word (the first left out)` : `${names[lit]} (${lit}) in every head: what it attends to`);
    this.figure.label('img', `Attention from ${names[lit]} at position ${lit} in ${few ? 'the' : 'each of'} ${this.#count()} heads${few ? ' that look most at one earlier word' : ''}; the table has the numbers${few ? ' of all' : ''}.`);
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
      const from = film.offset(frame, 0, this.order[i]) + (row * (row + 1)) / 2;
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
      const mine = chosen && this.order[i] === chosen.layer * film.heads + chosen.head;
      pen.text(this.#name(this.order[i]), LEFT - 5, TOP + (i + 0.5) * pitch + 4, { anchor: 'end', size: 11, fill: mine ? k.text : k.muted, weight: mine ? 700 : 400 });
    }
    for (let l = 1; l < film.layers && this.#count() === film.layers * film.heads; l++) pen.line([LEFT, TOP + l * film.heads * pitch, w, TOP + l * film.heads * pitch], 4, { stroke: k.paper, width: 2 });
    const cell = width / film.T;
    const words = Math.ceil(26 / cell);
    for (let j = 0; j < film.T; j += words) pen.text((names[j] ?? '').slice(0, 5), LEFT + (j + 0.5) * cell, h - 6, { anchor: 'middle', size: 10.5, fill: k.muted });
    pen.line([LEFT + (lit + 1) * cell, TOP, LEFT + (lit + 1) * cell, TOP + height], 4, { stroke: k.c1 });
  }
}
