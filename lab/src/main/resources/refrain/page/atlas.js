/**
 * The patterns of all heads of one frame, side by side: layers down, heads across. All pixels are
 * written into one buffer and put on the canvas in one piece, whatever the number of heads.
 */
import { Figure } from './figure.js';
import { sequential } from './ink.js';
import { headName } from './training.js';

const GAP = 2;
const LEFT = 26;
const TOP = 18;
const FOOT = 4;
const MOST_SIDE = 150;
/** Of many layers tiles are smaller, so that all are seen at once. */
const MOST_HEIGHT = 1000;

export class Atlas {
  /**
   * @param {string} name
   * @param {{table: () => any, hover: (layer: number, head: number, i: number, j: number) => void, leave: () => void, pick: (head: string) => void, most?: number}} to
   */
  constructor(name, to) {
    this.film = null;
    this.frame = -1;
    this.lit = null;
    this.chosen = null;
    this.pointed = null;
    this.picture = document.createElement('canvas');
    this.most = to.most ?? 3;
    this.figure = new Figure({
      name,
      height: (w) => (this.film?.size ? TOP + FOOT + this.#place(w).side * this.film.layers : 60),
      draw: (pen, w, h, k) => this.#draw(pen, w, k),
      over: (pen, w, h, k) => this.#over(pen, w, k),
      table: to.table,
    });
    const plot = this.figure.plot;
    plot.addEventListener('pointermove', (e) => {
      const at = this.#under(e);
      if (at) to.hover(at.layer, at.head, at.i, at.j);
      else to.leave();
    });
    plot.addEventListener('pointerleave', () => to.leave());
    plot.addEventListener('click', (e) => {
      const at = this.#under(e);
      if (at) to.pick(headName(at.layer, at.head));
    });
  }

  get root() {
    return this.figure.root;
  }

  /** Pixels a tile takes at a figure's width. */
  #place(width) {
    const { heads, layers, size } = this.film;
    // A short sequence is drawn with larger cells.
    const most = Math.max(this.most, MOST_SIDE / (size + GAP));
    const tall = Math.max(1, MOST_HEIGHT / layers / (size + GAP));
    const scale = Math.min(most, tall, Math.floor((width - LEFT) / heads) / (size + GAP));
    // Pixel for pixel where there is no room for twice that: crisp, and the fastest to draw.
    const whole = scale >= 1 && scale < 2 ? 1 : scale;
    return { side: whole * (size + GAP), scale: whole };
  }

  #under(event) {
    const { film } = this;
    if (!film?.size || this.frame < 0) return null;
    const { x, y } = this.figure.at(event);
    const { side, scale } = this.#place(this.figure.width);
    const [head, layer] = [Math.floor((x - LEFT) / side), Math.floor((y - TOP) / side)];
    if (head < 0 || layer < 0 || head >= film.heads || layer >= film.layers) return null;
    const block = Math.ceil(film.T / film.size);
    const cell = (v) => Math.min(film.T - 1, Math.max(0, Math.floor(v / scale) * block));
    return { layer, head, i: cell(y - TOP - layer * side), j: cell(x - LEFT - head * side) };
  }

  /** Draws a frame of a film; nothing where it is on the canvas already. */
  show(film, frame, ink, lit, chosen, pointed = null) {
    const same = this.film === film && this.frame === frame && this.inked === ink;
    Object.assign(this, { film, frame, lit, chosen, pointed });
    if (!film?.size || frame < 0) {
      if (!same) this.figure.paint();
      return;
    }
    if (!same) this.#paint(film, frame, sequential(ink), this.inked !== ink);
    this.inked = ink;
    if (same) this.figure.paintTop();
    else this.figure.paint();
  }

  #paint(film, frame, table, anew) {
    const { layers, heads, size, patterns } = film;
    const width = heads * (size + GAP);
    const shape = `${layers} ${heads} ${size}`;
    if (anew || this.shape !== shape) {
      this.shape = shape;
      this.picture.width = width;
      this.picture.height = layers * (size + GAP);
      this.image = new ImageData(width, this.picture.height);
      this.words = new Uint32Array(this.image.data.buffer);
      this.#clear(film, width, table[0]);
    }
    const words = this.words;
    let p = film.offset(frame, 0, 0);
    for (let l = 0; l < layers; l++) {
      for (let h = 0; h < heads; h++) {
        for (let i = 0; i < size; i++) {
          let at = (l * (size + GAP) + i) * width + h * (size + GAP);
          for (let j = 0; j <= i; j++) words[at++] = table[patterns[p++]];
        }
      }
    }
    this.picture.getContext('2d').putImageData(this.image, 0, 0);
  }

  /** The square below each pattern; the triangle above the diagonal keeps it half clear. */
  #clear({ layers, heads, size }, width, word) {
    const pale = (word & 0xffffff) | (0x90 << 24);
    for (let l = 0; l < layers; l++) {
      for (let i = 0; i < size; i++) {
        for (let h = 0; h < heads; h++) {
          const at = (l * (size + GAP) + i) * width + h * (size + GAP);
          this.words.fill(pale, at, at + size);
        }
      }
    }
  }

  #draw(pen, w, k) {
    const { film } = this;
    if (!film?.size || this.frame < 0) return;
    const { side } = this.#place(w);
    pen.image(this.picture, LEFT, TOP, side * film.heads, side * film.layers);
    for (let l = 0; l < film.layers; l++) pen.text(`L${l}`, LEFT - 5, TOP + (l + 0.5) * side + 4, { anchor: 'end', fill: k.muted, size: 11 });
    const every = Math.ceil(24 / side);
    for (let h = 0; h < film.heads; h += every) pen.text(`H${h}`, LEFT + (h + 0.5) * side, TOP - 5, { anchor: 'middle', fill: k.muted, size: 11 });
  }

  #over(pen, w, k) {
    const { film, lit, chosen, pointed } = this;
    if (!film?.size || this.frame < 0) return;
    const { side, scale } = this.#place(w);
    if (lit !== null && lit < film.T) {
      const i = Math.floor(lit / Math.ceil(film.T / film.size));
      const boxes = [];
      for (let l = 0; l < film.layers; l++) {
        for (let h = 0; h < film.heads; h++) boxes.push(LEFT + h * side, TOP + l * side + i * scale - 1, (i + 1) * scale, scale + 2);
      }
      pen.boxes(boxes, { stroke: k.c1 });
    }
    const box = (at, look) => pen.rect(LEFT + at.head * side - 1, TOP + at.layer * side - 1, film.size * scale + 2, film.size * scale + 2, look);
    const there = (at) => at && at.layer < film.layers && at.head < film.heads;
    if (there(pointed)) box(pointed, { stroke: k.text, width: 1.5, dash: [3, 2] });
    if (there(chosen)) box(chosen, { stroke: k.text, width: 2 });
  }
}
