/**
 * The heads that match prefixes, off one after another: what is left of the token that follows, at
 * each dose, beside as many other heads of the same layers.
 */
import { Bars, KINDS } from './bars.js';
import { button, fill, h, say } from './dom.js';
import { ink } from './ink.js';
import { median } from './placebo.js';

/** Of more heads the best are switched: each takes a pass with its placebo. */
const MOST = 16;
/** Sets of other heads beside each dose of a model on disk, whose passes are long. */
const FEW_PLACEBOS = 4;
const SHOWN = KINDS.filter((k) => k.key !== 'before');

export class Dose {
  constructor(app) {
    this.app = app;
    this.bars = new Bars({ name: 'dose', kinds: SHOWN.map((k) => (k.key === 'after' ? { ...k, text: 'matching heads off' } : k)), table: () => this.#table() });
    this.none = h('p', { class: 'made' });
    this.buttons = h('div', { class: 'bar' });
    this.root = h('div', {}, this.bars.root, this.none, this.buttons);
    this.rows = [];
  }

  /** The heads' names, the best matching first. */
  static heads(circuit) {
    return (circuit?.nodes ?? []).filter((n) => n.match && n.match.verdict !== 'NONE').sort((a, b) => b.match.difference - a.match.difference).map((n) => n.name).slice(0, MOST);
  }

  /** @param {{id: string, step: number, text: string, position: number, names: string[], circuit: any, edits: string[]}} at */
  update(at) {
    const heads = Dose.heads(at.circuit);
    this.at = at;
    this.root.hidden = !at.circuit;
    if (!at.circuit) return;
    this.bars.root.classList.toggle('waiting', !heads.length);
    this.rows = heads.length ? this.#rows(at, heads) : [];
    const follows = this.rows[0]?.token;
    const where = `at ${at.names[at.position]} (${at.position})`;
    const title = heads.length ? `Matching heads off one after another: probability of ${follows ?? 'the next token'} ${where}` : 'No head matches prefixes here';
    const key = JSON.stringify([title, this.rows, ink().dark]);
    if (this.key === key) return;
    this.key = key;
    this.bars.show({ title, kinds: SHOWN.map((k) => k.key), rows: this.rows, said: `${title}: ${this.rows.map((r) => `${r.name} ${r.values.after.toFixed(2)}`).join(', ')}` });
    const without = this.rows.filter((r) => r.none);
    say(this.none, heads.length ? without.map((r) => `${r.name}: no placebo, ${r.none}.`).join(' ') : 'By their verdicts no head of this model at this step matches prefixes, so there is nothing to switch off one after another.');
    fill(this.buttons, heads.length ? [button('next matching head off', 'Turn the next matching head off; after the last, all on again (M)', () => this.next(), { class: 'small' })] : []);
  }

  /** One more of them off than are; after the last none. */
  next() {
    const heads = Dose.heads(this.at?.circuit);
    const { edits } = this.app.store.get();
    const next = heads.find((name) => !edits.includes(name));
    this.app.store.set({ edits: next ? [...edits.filter((w) => !w.startsWith(`${next}*`)), next] : edits.filter((w) => !heads.includes(w)) });
  }

  /** Asked one after another, so that a panel never fills the server's queue. */
  #rows(at, heads) {
    const rows = [];
    for (let n = 0; n <= heads.length; n++) {
      const edits = heads.slice(0, n).map((name) => ({ word: name, kind: 'scale', site: name, factor: 0 }));
      const reply = this.app.lab.pass('dose', { ...at, edits, ...(this.app.data.row(at.id)?.model && { placebos: FEW_PLACEBOS }) });
      if (!reply?.answer) break;
      const next = reply.answer.next.find((t) => t.follows) ?? reply.answer.next[0];
      rows.push({ name: n ? `− ${heads[n - 1]}` : 'none off', token: next.name, follows: false, values: { after: next.after, placebo: n ? median(next.placebo) : NaN }, dots: n ? next.placebo : [], none: n ? reply.answer.placebo.none : '', sets: reply.answer.placebo.sets });
    }
    return rows;
  }

  #table() {
    return {
      columns: ['off', 'token', 'probability', 'placebo, median', 'placebo, each set'],
      rows: this.rows.map((r) => [r.name, r.token, r.values.after, r.values.placebo, r.sets.map((s, i) => `${s.heads.join('+')} ${r.dots[i]?.toFixed(3) ?? ''}`).join('; ')]),
    };
  }
}
