/** The study's variants at the seed of the run that is shown: swapped at the same step, or put beside it. */
import { choice, h, setOptions } from './dom.js';
import { short } from './scale.js';

const NONE = '';

export class Variants {
  constructor(app) {
    this.app = app;
    const { store } = app;
    this.main = choice('Variant', [], '', (id) => this.#swap(id));
    this.beside = choice('Beside it', [], '', (id) => store.set({ beside: id || null }));
    this.roots = [this.main, this.beside];
  }

  /** Ended or running, of the same study and seed, each variant once. */
  #rows() {
    const { data, store } = this.app;
    const row = data.row(store.get().main);
    if (!row) return [];
    const same = data.home.runs.filter((r) => r.seed === row.seed && r.study === row.study && r.variant);
    const all = same.some((r) => r.id === row.id) ? same : [row, ...same];
    return all.sort((a, b) => (a.variant ?? '').localeCompare(b.variant ?? '', 'en', { numeric: true }));
  }

  #swap(id) {
    const { main, beside } = this.app.store.get();
    if (beside === id) this.app.store.set({ beside: main });
    this.app.choose(id);
  }

  update(state) {
    const rows = this.#rows();
    const step = state.step ?? 0;
    const text = (r) => `${r.variant ?? r.path}${r.step < step ? ` (ended at ${short(r.step)})` : ''}`;
    setOptions(this.main.querySelector('select'), rows.map((r) => ({ value: r.id, text: text(r) })), state.main ?? '');
    const others = rows.filter((r) => r.id !== state.main);
    const beside = this.app.data.row(state.beside);
    if (beside && !others.includes(beside) && beside.id !== state.main) others.push(beside);
    setOptions(this.beside.querySelector('select'), [{ value: NONE, text: 'nothing' }, ...others.map((r) => ({ value: r.id, text: r.seed === this.app.data.row(state.main)?.seed ? text(r) : `${text(r)}, seed ${r.seed}` }))], state.beside ?? NONE);
  }
}

/** "ended at 410": a run that ended before the cursor shows its last step. */
export const endMark = (row, step) => (row && step !== null && row.step < step ? h('span', { class: 'stale on' }, `ended at ${short(row.step)}: its last step is shown`) : null);
