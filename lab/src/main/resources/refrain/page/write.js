/**
 * What the model goes on with after the chosen word, token by token: as it is, and beside it with
 * what is switched, drawn with the same numbers.
 */
import * as api from './api.js';
import { button, choice, fill, h, say } from './dom.js';
import { interventions } from './edits.js';
import { css, ink, sequential } from './ink.js';
import { TAB } from './lab.js';
import { saveCsv } from './save.js';
import { number, short } from './scale.js';

const COUNT = 24;
const TOP = 5;
const TEMPERATURES = [{ value: '0', text: '0: always the likeliest' }, { value: '0.5', text: '0.5' }, { value: '1', text: '1: as the model has it' }];

export class WritePart {
  constructor(app) {
    this.app = app;
    const { store } = app;
    this.temperature = choice('Temperature', TEMPERATURES, '1', (v) => store.set({ draw: `${v}:${this.#drawn().seed}` }));
    this.seed = /** @type {HTMLInputElement} */ (h('input', { type: 'number', min: 0, step: 1, 'aria-label': 'Seed of the draws', onchange: () => store.set({ draw: `${this.#drawn().temperature}:${Math.max(0, Math.floor(Number(this.seed.value)) || 0)}` }) }));
    this.go = button('go on', 'Let the model go on after the chosen word, token by token', () => this.#start());
    this.stop = button('stop', 'Stop', () => this.abort?.abort(), { class: 'small', hidden: true });
    this.save = button('CSV', 'Save the tokens as CSV', () => this.#save(), { class: 'small', hidden: true });
    this.prompt = h('p', { class: 'made' });
    this.said = h('p', { class: 'readout', role: 'status' });
    this.sides = [];
    this.body = h('div', { class: 'grid two' });
    this.root = h('section', { 'aria-label': 'What the model goes on with' },
      h('div', { class: 'bar' }, this.go, this.stop, this.temperature, h('label', { class: 'field' }, h('span', {}, 'Seed'), this.seed), this.save), this.prompt, this.body, this.said);
  }

  #drawn() {
    const [temperature, seed] = this.app.store.get().draw.split(':').map(Number);
    return { temperature: Number.isFinite(temperature) ? temperature : 1, seed: Number.isInteger(seed) && seed >= 0 ? seed : 0 };
  }

  update({ at }) {
    this.at = at;
    const { temperature, seed } = this.#drawn();
    this.temperature.querySelector('select').value = String(temperature);
    if (document.activeElement !== this.seed) this.seed.value = String(seed);
    const from = Math.max(0, at.position - 9);
    say(this.prompt, `After ${from ? '… ' : ''}${at.names.slice(from, at.position + 1).join(' ')} (${at.position + 1} tokens)${this.app.data.row(at.id)?.model ? '' : `, at step ${short(at.step)}`}: ${COUNT} tokens${temperature ? `, drawn with seed ${seed}` : ', always the likeliest'}.`);
  }

  async #start() {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    const { at } = this;
    const prompt = this.app.data.text(at.id, at.text).tokens.slice(0, at.position + 1);
    const wanted = [{ name: 'as it is', edits: [] }, ...(at.edits.length ? [{ name: 'switched', edits: at.edits }] : [])];
    this.sides = wanted.map((w) => ({ ...w, tokens: [], state: h('span', { class: 'muted', role: 'status' }), words: h('div', { class: 'tokens', role: 'group', tabindex: '0', 'aria-label': `Goes on with, ${w.name}` }) }));
    fill(this.body, this.sides.map((s) => h('div', {}, h('h3', {}, s.name, ' ', s.state), s.words)));
    this.stop.hidden = false;
    this.save.hidden = true;
    say(this.said, at.edits.length ? '' : 'The bar below a token is the probability that it had. Turn something off above, and both stand side by side.');
    await Promise.all(this.sides.map((side, i) => this.#write(side, i, at, prompt, abort.signal)));
    if (this.abort !== abort) return;
    this.stop.hidden = true;
    this.save.hidden = false;
    this.#compare();
  }

  async #write(side, i, at, prompt, signal) {
    const { temperature, seed } = this.#drawn();
    const body = { step: at.step, prompt, interventions: interventions(side.edits), count: COUNT, temperature, seed, top: TOP, for: `${TAB}.write.${i}` };
    say(side.state, 'waits');
    try {
      await api.lines(`runs/${at.id}/generate`, body, (line) => this.#told(side, line), signal);
      say(side.state, '');
    } catch (e) {
      say(side.state, e.name === 'AbortError' ? 'stopped' : e.message);
    }
  }

  #told(side, line) {
    if (line.event !== 'token') return;
    say(side.state, '');
    side.tokens.push(line);
    const shade = sequential(ink())[Math.round(130 * (1 - line.probability))];
    const title = `${line.name} had ${number(line.probability)}; likeliest: ${line.likeliest.map((t) => `${t.name} ${number(t.probability)}`).join(', ')}`;
    const word = h('button', { type: 'button', class: 'word drawn', title, onfocus: () => say(this.said, title), onpointerenter: () => say(this.said, title) }, line.name, h('i'));
    word.style.setProperty('--tint', css(shade));
    word.style.setProperty('--share', String(line.probability));
    side.words.append(word);
  }

  /** Where both part. */
  #compare() {
    const [a, b] = this.sides;
    if (!b || !a.tokens.length || !b.tokens.length) return;
    const at = a.tokens.findIndex((t, i) => t.token !== b.tokens[i]?.token);
    b.tokens.forEach((t, i) => b.words.children[i]?.classList.toggle('other', t.token !== a.tokens[i]?.token));
    say(this.said, at < 0 ? 'Both go on alike.' : `They part at token ${at + 1}: ${a.tokens[at].name} as it is, ${b.tokens[at]?.name ?? 'the end'} switched. The bar below a token is the probability that it had.`);
  }

  #save() {
    const rows = this.sides.flatMap((s) => s.tokens.map((t, i) => [s.name, i, t.name, t.probability]));
    saveCsv('goes-on-with', { columns: ['model', 'token', 'name', 'probability'], rows });
  }
}
