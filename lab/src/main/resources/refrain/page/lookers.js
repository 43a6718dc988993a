/**
 * Which heads of a large model look from a word at what followed it before, and a switch for each:
 * of hundreds of heads these are the ones that one would turn off first.
 */
import { button, fill, h, say } from './dom.js';
import { withFactor } from './edits.js';
import { number } from './scale.js';
import { headName } from './training.js';

const MOST = 8;
const LEAST = 0.2;

export class Lookers {
  /** @param {{edits: () => string[], set: (words: string[]) => void, choose: (name: string) => void}} to */
  constructor(to) {
    this.to = to;
    this.said = h('span', {});
    this.heads = h('div', { class: 'bar' });
    this.root = h('div', { class: 'lookers', role: 'group', 'aria-label': 'Heads that look at what followed before' }, this.said, this.heads);
  }

  /**
   * @param {{film: any, tokens: number[], names: string[], position: number, target: number|null, edits: string[]}} at
   *   `target`: the token that follows, or is likeliest to
   */
  update({ film, tokens, names, position, target, edits }) {
    const places = tokens.flatMap((token, j) => (token === target && j <= position ? [j] : []));
    this.root.hidden = !film?.ready || film.thumbnails || target === null;
    if (this.root.hidden) return;
    const frame = film.frameAt(0);
    const found = [];
    for (let layer = 0; layer < film.layers; layer++) {
      for (let head = 0; head < film.heads; head++) {
        const p = places.reduce((sum, j) => sum + film.attention(frame, layer, head, position, j), 0);
        if (p >= LEAST) found.push({ name: headName(layer, head), p });
      }
    }
    const best = found.sort((a, b) => b.p - a.p).slice(0, MOST);
    const key = JSON.stringify([best, position, target, edits]);
    if (this.key === key) return;
    this.key = key;
    const where = places.length ? `${names[places[0]]} (${places.join(', ')})` : '';
    say(this.said, !places.length
      ? `From ${names[position]} (${position}): what comes next did not stand here before, so no head can look at it.`
      : best.length
        ? `From ${names[position]} (${position}) ${found.length > best.length ? `${found.length} heads look at ${where}, these most` : `these heads look at ${where}`}:`
        : `From ${names[position]} (${position}) no head pays ${LEAST} of its attention to ${where}.`);
    const off = (name) => edits.includes(name);
    const all = best.every((head) => off(head.name));
    fill(this.heads, best.map(({ name, p }) => h('button', { type: 'button', class: `switch${off(name) ? ' off' : ''}`, 'data-key': name, 'aria-pressed': String(off(name)), title: `${name}. Click: ${off(name) ? 'on again' : 'off'}`, onclick: () => this.#toggle([name], !off(name)) }, h('b', {}, name), ' ', h('span', {}, number(p)))),
      best.length > 1 && button(all ? 'these on again' : 'all of these off', 'Turn all of these heads off, or on again', () => this.#toggle(best.map((head) => head.name), !all), { class: 'small' }));
  }

  #toggle(names, off) {
    this.to.set(names.reduce((words, name) => withFactor(words, name, off ? 0 : 1), this.to.edits()));
    if (names.length === 1) this.to.choose(names[0]);
  }
}
