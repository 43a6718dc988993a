/** Which sequence is read: one of the run's evaluation set, of its repeated random tokens, or own words. */
import * as api from './api.js';
import { choice, h, setOptions } from './dom.js';

const KINDS = [['evaluation', 'evaluation'], ['repeated', 'repeated random']];
const MOST = 32;

export class TextChoice {
  constructor(app) {
    this.app = app;
    this.text = choice('Sequence', [], '', (v) => app.store.set({ text: v, token: null }));
    this.typed = /** @type {HTMLInputElement} */ (h('input', { type: 'text', 'aria-label': 'Own sequence', placeholder: 'own words, then Enter', onchange: () => this.#own() }));
    this.roots = [this.text, h('label', { class: 'field' }, h('span', {}, 'Own'), this.typed)];
  }

  async #own() {
    const { store } = this.app;
    const typed = this.typed.value.trim();
    if (!typed) return;
    try {
      const text = await api.json(`runs/${store.get().main}/text?typed=${encodeURIComponent(typed)}`);
      store.set({ text: `tokens.${text.tokens.join('.')}`, token: null });
    } catch (e) {
      store.set({ error: { message: e.message, remedy: e.remedy ?? '', where: '' } });
    }
  }

  /** @param {any} state @param {any} text that is shown; null while it is fetched */
  update(state, text) {
    const count = Math.max(1, Math.min(MOST, text?.of ?? 8));
    const options = KINDS.flatMap(([kind, name]) => Array.from({ length: state.text.startsWith(kind) ? count : 8 }, (_, n) => ({ value: `${kind}.${n}`, text: `${name} ${n}` })));
    if (!options.some((o) => o.value === state.text)) options.unshift({ value: state.text, text: 'own words' });
    setOptions(this.text.querySelector('select'), options, state.text);
  }
}
