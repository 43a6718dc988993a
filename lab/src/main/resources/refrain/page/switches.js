/**
 * The model as a panel of switches: heads by layer, MLPs behind them. A click turns one off; the
 * slider scales the chosen one from 0 to 2. One tab stop; arrows move, Space switches, Delete takes
 * the change back.
 */
import { button, fill, h, say } from './dom.js';
import { factorOf, inWords, withFactor } from './edits.js';
import { headName, parseHead } from './training.js';

/** Of more heads the switches are small: their layer is said once a row. */
const MANY = 96;
const OFF = 0;
const ON = 1;

export class Switches {
  /** @param {{edits: () => string[], set: (words: string[]) => void, choose: (name: string) => void}} to */
  constructor(to) {
    this.to = to;
    this.at = null;
    this.cells = new Map();
    this.grid = h('div', { class: 'switches', role: 'group', 'aria-label': 'Switches of heads and MLPs: arrows move, Space switches on and off' });
    this.grid.addEventListener('keydown', (e) => this.#key(e));
    this.slider = /** @type {HTMLInputElement} */ (h('input', { type: 'range', min: 0, max: 2, step: 0.05, 'aria-label': 'Scale of the chosen one', oninput: () => this.#scale(Number(this.slider.value)) }));
    this.by = h('output', { class: 'num' });
    this.name = h('span', {});
    this.chosen = h('div', { class: 'bar scale' },
      h('label', { class: 'field' }, this.name, this.slider), this.by,
      button('off', 'Turn the chosen one off', () => this.#scale(OFF), { class: 'small' }),
      button('as it is', 'Leave the chosen one as it is', () => this.#scale(ON), { class: 'small' }));
    this.list = h('ul', { class: 'cuts' });
    this.root = h('div', {}, this.grid, this.chosen, this.list);
  }

  #scale(factor) {
    if (this.at) this.to.set(withFactor(this.to.edits(), this.at, factor));
  }

  #toggle(name) {
    const words = this.to.edits();
    const off = this.cells.get(name).getAttribute('aria-pressed') === 'true';
    this.to.set(withFactor(words, name, off ? ON : OFF));
    this.#move(name);
  }

  /** The chosen one; a head is the page's chosen head too. */
  #move(name) {
    if (this.at !== name) this.to.choose(name);
    this.#mark(name);
  }

  #mark(name) {
    this.at = name;
    for (const [n, cell] of this.cells) cell.tabIndex = n === name ? 0 : -1;
  }

  #key(event) {
    const names = [...this.cells.keys()];
    const i = names.indexOf(document.activeElement?.getAttribute('data-name'));
    if (i < 0) return;
    const to = this.#next(event.key, names, i);
    if (to) {
      event.preventDefault();
      this.#move(to);
      this.cells.get(to).focus();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.to.set(withFactor(this.to.edits(), names[i], ON));
    }
  }

  #next(key, names, i) {
    if (key === 'ArrowLeft' || key === 'ArrowRight') return names[i + (key === 'ArrowRight' ? 1 : -1)];
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
    const [layer, column] = this.#place(names[i]);
    return names.find((n) => {
      const [l, c] = this.#place(n);
      return l === layer + (key === 'ArrowDown' ? 1 : -1) && c === column;
    });
  }

  /** Layer and column of a switch. */
  #place(name) {
    const head = parseHead(name);
    return head ? [head.layer, head.head] : [Number(name.slice(4)), this.shape.heads];
  }

  /**
   * @param {{layers: number, heads: number, mlps: boolean}} shape
   * @param {any[]} edits
   * @param {string} chosen
   * @param {Map<string, any>} matches what each head is, by name
   */
  update(shape, edits, chosen, matches) {
    this.#build(shape);
    for (const [name, cell] of this.cells) this.#show(name, cell, factorOf(edits, name), matches.get(name));
    if (!this.cells.has(this.at ?? '') || parseHead(this.at ?? '')) this.#mark(this.cells.has(chosen) ? chosen : this.cells.keys().next().value);
    const factor = factorOf(edits, this.at ?? '');
    say(this.name, `${this.at} ×`);
    if (Number(this.slider.value) !== factor) this.slider.value = String(factor);
    this.slider.setAttribute('aria-valuetext', `${this.at} times ${factor}`);
    say(this.by, factor.toFixed(2));
    this.#cuts(edits.filter((e) => e.kind === 'edge'));
  }

  #build(shape) {
    const key = JSON.stringify(shape);
    if (this.key === key) return;
    this.key = key;
    this.shape = shape;
    this.at = null;
    this.cells.clear();
    const many = shape.layers * shape.heads > MANY;
    this.grid.classList.toggle('many', many);
    const cell = (name) => {
      const shown = many ? name.replace(/^L\d+|\.\d+$/g, '') : name;
      const made = h('button', { type: 'button', class: 'switch', 'data-name': name, 'aria-pressed': 'false', tabindex: '-1', onclick: () => this.#toggle(name) }, h('b', {}, shown), ' ', h('span', {}));
      this.cells.set(name, made);
      return made;
    };
    const rows = Array.from({ length: shape.layers }, (_, l) =>
      h('div', { class: 'switch-row' }, h('span', { class: 'muted' }, `L${l}`),
        Array.from({ length: shape.heads }, (_, i) => cell(headName(l, i))), shape.mlps && cell(`mlp.${l}`)));
    fill(this.grid, rows);
  }

  /** Off is a struck name, the word, and a hollow box; a head that matches prefixes has a sign. */
  #show(name, cell, factor, match) {
    const sign = { INDUCTION: '●', WEAK: '◐' }[match?.verdict] ?? '';
    const state = factor === OFF ? 'off' : factor === ON ? '' : `×${+factor.toFixed(2)}`;
    cell.classList.toggle('off', factor === OFF);
    cell.classList.toggle('scaled', factor !== OFF && factor !== ON);
    cell.setAttribute('aria-pressed', String(factor === OFF));
    say(cell.lastChild, state || sign);
    const what = { INDUCTION: ', matches prefixes (induction head)', WEAK: ', matches prefixes weakly' }[match?.verdict] ?? '';
    cell.setAttribute('aria-label', `${name} ${state || 'on'}${what}`);
    cell.title = `${name}${what}. Click: ${factor === OFF ? 'on again' : 'off'}`;
  }

  #cuts(edges) {
    const key = edges.map((e) => e.word).join();
    if (this.list.dataset.key === key) return;
    this.list.dataset.key = key;
    fill(this.list, edges.map((e) => h('li', {}, inWords([e]), ' ', button('join again', `Join ${e.from} and ${e.to} again`, () => this.to.set(this.to.edits().filter((w) => w !== e.word)), { class: 'small' }))));
  }
}
