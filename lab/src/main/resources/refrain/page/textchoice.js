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
    const count = Math.max(1, Math.min(MOST, text?.of ?? FEW));
    const { kind: shown } = parseSequence(state.text);
    const examples = (state.main && this.app.data.details(state.main)?.examples) ?? null;
    const options = examples ? [...examples.map((e, n) => ({ value: `evaluation.${n}`, text: e.name })), { value: 'repeated.0', text: 'random tokens, said four times' }] : KINDS.flatMap(([kind, name]) => Array.from({ length: shown === kind ? count : FEW }, (_, n) => ({ value: `${kind}.${n}`, text: `${name} ${n}` })));
    this.choice.hidden = Boolean(examples);
    if (!options.some((o) => o.value === state.text)) options.unshift({ value: state.text, text: examples ? 'your own' : 'own words' });
    setOptions(this.choice.querySelector('select'), options, state.text);
    this.picker.update(state);
  }
}
