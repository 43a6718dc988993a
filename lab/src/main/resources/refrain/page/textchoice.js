/** Which sequence is read: one of the run's evaluation set, of its repeated random tokens, or own words. */
import { choice, setOptions } from './dom.js';
import { Picker } from './picker.js';
import { parseSequence } from './sequence.js';

const KINDS = [['evaluation', 'evaluation'], ['repeated', 'repeated random']];
const FEW = 8;
const MOST = 32;

export class TextChoice {
  constructor(app) {
    this.app = app;
    this.choice = choice('Sequence', [], '', (v) => app.store.set({ text: v, token: null }));
    this.picker = new Picker(app);
  }

  /** @param {any} state @param {any} text that is shown; null while it is fetched */
  update(state, text) {
    this.picker.update(state);
    // A model on disk has a prompt and examples, both of which the picker shows.
    this.choice.hidden = Boolean(state.main && this.app.data.details(state.main)?.examples);
    if (this.choice.hidden) return;
    const count = Math.max(1, Math.min(MOST, text?.of ?? FEW));
    const { kind: shown } = parseSequence(state.text);
    const options = KINDS.flatMap(([kind, name]) => Array.from({ length: shown === kind ? count : FEW }, (_, n) => ({ value: `${kind}.${n}`, text: `${name} ${n}` })));
    if (!options.some((o) => o.value === state.text)) options.unshift({ value: state.text, text: 'own words' });
    setOptions(this.choice.querySelector('select'), options, state.text);
  }
}
