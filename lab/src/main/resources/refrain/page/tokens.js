/**
 * A sequence as words in a row, tinted by a number. The bar below a word says the same number by its
 * length, so that colour is never the only sign. One tab stop; arrows move through the words.
 */
import { h } from './dom.js';
import { css } from './ink.js';

export class Tokens {
  /**
   * @param {string} label
   * @param {{hover: (position: number|null) => void, pick: (position: number) => void}} to
   */
  constructor(label, to) {
    this.to = to;
    this.words = [];
    this.at = 0;
    this.root = h('div', { class: 'tokens', role: 'listbox', 'aria-label': label, tabindex: '0', 'aria-orientation': 'horizontal' });
    this.root.addEventListener('pointerover', (e) => this.#hovered(e.target));
    this.root.addEventListener('pointerleave', () => to.hover(null));
    this.root.addEventListener('click', (e) => {
      const position = this.#position(e.target);
      if (position !== null) to.pick(position);
    });
    this.root.addEventListener('keydown', (e) => this.#key(e));
    this.root.addEventListener('focus', () => this.#mark(this.at));
    this.root.addEventListener('blur', () => to.hover(null));
  }

  #position(target) {
    const word = target.closest?.('[data-i]');
    return word ? Number(word.dataset.i) : null;
  }

  #hovered(target) {
    const position = this.#position(target);
    if (position !== null) this.to.hover(position);
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
    this.last = [];
    this.words = names.map((name, i) => h('span', { class: 'word', role: 'option', id: `word-${this.root.dataset.id ?? ''}-${i}`, 'data-i': i, 'aria-selected': 'false' }, h('i'), name));
    this.root.replaceChildren(...this.words);
  }

  /**
   * Tints the words; only those whose number changed are touched.
   * @param {(position: number) => {share: number, word: number, text: string}|null} tint
   * @param {number|null} lit
   */
  tint(tint, lit) {
    this.words.forEach((word, i) => {
      const t = tint(i);
      const key = t ? `${t.word}|${Math.round(t.share * 20)}` : '';
      if (this.last[i] !== key) {
        this.last[i] = key;
        word.style.setProperty('--tint', t ? css(t.word) : 'transparent');
        word.style.setProperty('--share', t ? String(Math.round(t.share * 20) / 20) : '0');
      }
      if (t) word.title = t.text;
      const on = String(i === lit);
      if (word.getAttribute('aria-selected') !== on) word.setAttribute('aria-selected', on);
    });
  }
}
