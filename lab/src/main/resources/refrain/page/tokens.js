/**
 * A sequence as words in a row, tinted by a number. The bar below a word says the same number by its
 * length, so that colour is never the only sign. One tab stop; arrows move through the words. Tints
 * and bars are drawn on a canvas behind the words: in the words' own style they would cost more than
 * all patterns of a frame.
 */
import { h } from './dom.js';
import { css, ink } from './ink.js';

const STRENGTH = 0.55;
const BAR = 3;

export class Tokens {
  /**
   * @param {string} label
   * @param {{hover: (position: number|null) => void, pick: (position: number) => void}} to
   */
  constructor(label, to) {
    this.to = to;
    this.words = [];
    this.at = 0;
    this.canvas = h('canvas', { 'aria-hidden': 'true' });
    this.root = h('div', { class: 'tokens', role: 'listbox', 'aria-label': label, tabindex: '0', 'aria-orientation': 'horizontal' });
    this.root.addEventListener('pointerover', (e) => this.#hovered(e.target));
    this.root.addEventListener('pointerleave', () => to.hover(null));
    // Before the focus comes, which marks the word where it was last.
    this.root.addEventListener('pointerdown', (e) => (this.at = this.#position(e.target) ?? this.at));
    this.root.addEventListener('click', (e) => {
      const position = this.#position(e.target);
      if (position !== null) to.pick(position);
    });
    this.root.addEventListener('keydown', (e) => this.#key(e));
    new ResizeObserver(() => this.#place()).observe(this.root);
    this.root.addEventListener('focus', () => this.#mark(this.at));
    this.root.addEventListener('blur', () => to.hover(null));
  }

  #position(target) {
    const word = target.closest?.('[data-i]');
    return word ? Number(word.dataset.i) : null;
  }

  #hovered(target) {
    const position = this.#position(target);
    if (position === null) return;
    this.words[position].title = this.tintOf?.(position)?.text ?? '';
    this.to.hover(position);
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      this.#mark(Math.max(0, Math.min(this.words.length - 1, this.at + step)));
      event.preventDefault();
    } else if (event.key === 'Enter') {
      this.to.pick(this.at);
      event.preventDefault();
    }
  }

  #mark(position) {
    this.at = position;
    this.words[position] && this.root.setAttribute('aria-activedescendant', this.words[position].id);
    this.to.hover(position);
  }

  /** @param {string[]} names */
  show(names) {
    if (this.names === names) return;
    this.names = names;
    this.lit = null;
    this.words = names.map((name, i) => h('span', { class: 'word', role: 'option', id: `word-${this.root.dataset.id ?? ''}-${i}`, 'data-i': i, 'aria-selected': 'false' }, name));
    this.root.replaceChildren(this.canvas, ...this.words);
    this.boxes = null;
  }

  /** Where the words stand, once for each width. */
  #place() {
    const width = this.root.clientWidth;
    if (!width || !this.words.length) return;
    this.boxes = this.words.map((w) => [w.offsetLeft, w.offsetTop, w.offsetWidth, w.offsetHeight]);
    const [, top, , height] = this.boxes.at(-1);
    this.ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round((top + height) * this.ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${top + height}px`;
    this.#paint();
  }

  /**
   * Tints the words.
   * @param {(position: number) => {share: number, word: number, text: string}|null} tint
   * @param {number|null} lit
   */
  tint(tint, lit) {
    this.tintOf = tint;
    if (this.boxes) this.#paint();
    else this.#place();
    if (this.lit === lit) return;
    this.words[this.lit]?.setAttribute('aria-selected', 'false');
    this.words[lit]?.setAttribute('aria-selected', 'true');
    this.lit = lit;
  }

  #paint() {
    const { boxes, canvas, tintOf } = this;
    if (!boxes || !tintOf) return;
    const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const { text } = ink();
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.clearRect(0, 0, canvas.width, canvas.height);
    boxes.forEach(([x, y, w, hh], i) => {
      const t = tintOf(i);
      if (!t) return;
      c.globalAlpha = STRENGTH;
      c.fillStyle = css(t.word);
      c.fillRect(x, y, w, hh);
      c.globalAlpha = 1;
      c.fillStyle = text;
      c.fillRect(x + 2, y + hh - BAR - 2, (w - 4) * t.share, BAR);
    });
  }
}
