/** One head's pattern, large: from down, to across, with the words beside it where they fit. */
import { Figure } from './figure.js';
import { sequential } from './ink.js';
import { colourBar } from './heat.js';

const FOOT = 30;

export class Pattern {
  /** @param {{table: () => any, hover: (i: number|null, j: number|null) => void, pick: (i: number) => void}} to */
  constructor(to) {
    this.view = null;
    this.picture = document.createElement('canvas');
    this.figure = new Figure({
      name: 'attention-pattern',
      height: (w) => this.#side(w) + this.#margin() + FOOT,
      draw: (pen, w, h, k) => this.#draw(pen, w, h, k),
      over: (pen, w, h, k) => this.#over(pen, w, k),
      table: to.table,
    });
    const under = (e) => {
      const { film } = this.view ?? {};
      if (!film?.size) return [null, null];
      const at = this.figure.at(e);
      const side = this.#side(this.figure.width);
      const cell = (v) => Math.floor(((v - this.#margin()) / side) * film.T);
      const [i, j] = [cell(at.y), cell(at.x)];
      return i < 0 || i >= film.T || j < 0 || j > i ? [null, null] : [i, j];
    };
    this.figure.plot.addEventListener('pointermove', (e) => to.hover(...under(e)));
    this.figure.plot.addEventListener('pointerleave', () => to.hover(null, null));
    this.figure.plot.addEventListener('click', (e) => {
      const [i] = under(e);
      if (i !== null) to.pick(i);
    });
  }

  get root() {
    return this.figure.root;
  }

  #side(width) {
    return Math.max(80, Math.min(560, width - this.#margin() - 4));
  }

  #margin() {
    return this.#labelled() ? 34 : 12;
  }

  /** Words stand beside rows where a row is as high as they are. */
  #labelled() {
    const T = this.view?.film?.T ?? 0;
    return T > 0 && (this.figure?.width ?? 0) / T >= 5;
  }

  /** @param {{film: any, frame: number, layer: number, head: number, names: string[], lit: number|null, source: number|null}} view */
  show(view, ink) {
    const key = `${view.film?.id}|${view.film?.text}|${view.frame}|${view.layer}|${view.head}|${ink.dark}`;
    const same = key === this.key && view.names === this.view?.names;
    this.view = view;
    this.key = key;
    if (same) return this.figure.paintTop();
    if (view.film?.size && view.frame >= 0) this.#paint(view, sequential(ink));
    this.figure.paint();
  }

  #paint({ film, frame, layer, head }, table) {
    const { size, patterns } = film;
    this.picture.width = size;
    this.picture.height = size;
    const image = new ImageData(size, size);
    const words = new Uint32Array(image.data.buffer);
    let p = film.offset(frame, layer, head);
    for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) words[i * size + j] = table[patterns[p++]];
    this.picture.getContext('2d').putImageData(image, 0, 0);
  }

  #draw(pen, w, h, k) {
    const view = this.view;
    if (!view?.film?.size || view.frame < 0) return;
    const [side, margin] = [this.#side(w), this.#margin()];
    pen.rect(margin, margin, side, side, { fill: k.field });
    pen.image(this.picture, margin, margin, side, side);
    const cell = side / view.film.T;
    if (this.#labelled() && cell >= 5) {
      const every = Math.ceil(9 / cell);
      for (let i = 0; i < view.film.T; i += every) {
        const name = cut(view.names[i]);
        pen.text(name, margin - 3, margin + (i + 0.5) * cell + 3, { anchor: 'end', size: Math.min(10, cell * every), fill: k.muted });
        pen.text(name, margin + (i + 0.5) * cell + 3, margin - 3, { size: Math.min(10, cell * every), fill: k.muted, turn: true });
      }
    }
    colourBar(pen, margin, h - 16, Math.min(120, side - 110), [0, 1], 'attention', k);
  }

  #over(pen, w, k) {
    const view = this.view;
    if (!view?.film?.size || view.frame < 0 || view.lit === null) return;
    const [side, margin] = [this.#side(w), this.#margin()];
    const cell = side / view.film.T;
    pen.rect(margin, margin + view.lit * cell - 0.5, (view.lit + 1) * cell, cell + 1, { stroke: k.c1, width: 1.5 });
    if (view.source !== null) pen.rect(margin + view.source * cell - 1, margin + view.lit * cell - 1, cell + 2, cell + 2, { stroke: k.text, width: 2 });
  }
}

const cut = (name) => (name && name.length > 5 ? `${name.slice(0, 4)}…` : name ?? '');
