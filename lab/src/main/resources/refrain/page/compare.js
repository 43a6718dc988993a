/**
 * Two models side by side on the same words: two steps of a run, or two runs at the same step. Signed
 * difference of losses, next tokens, and the attention of the chosen head in both.
 */
import { Bars, KINDS } from './bars.js';
import { Deltas } from './deltas.js';
import { button, fill, h, say } from './dom.js';
import { ExactChip } from './exactchip.js';
import { ink } from './ink.js';
import { Pattern } from './pattern.js';
import { number, short } from './scale.js';
import { parseHead, runName } from './training.js';
import { endMark } from './variants.js';

const SIDES = [{ ...KINDS[0], key: 'a', text: 'A' }, { ...KINDS[1], key: 'b', text: 'B' }];
const SHOWN = 6;

export class ComparePart {
  constructor(app) {
    this.app = app;
    const { store } = app;
    this.sides = ['A', 'B'].map((name) => this.#side(name));
    this.chip = new ExactChip(app, 'B');
    this.how = h('p', {});
    this.bars = new Bars({ name: 'next-token-compared', kinds: SIDES, table: () => this.#barsTable() });
    this.deltas = new Deltas({ name: 'loss-by-token-compared', table: () => this.#lossTable(), hover: (i) => app.views.causes.hover(i), pick: (i) => store.set({ token: i }) });
    this.body = h('div', {}, h('div', { class: 'bar' }, this.chip.root), this.deltas.root,
      h('div', { class: 'lab' }, h('div', {}, this.bars.root), this.sides.map((s) => h('div', {}, s.said, s.pattern.root))));
    this.root = h('section', { 'aria-label': 'Side by side' }, this.how, this.body);
  }

  #side(name) {
    const side = { name, film: null, said: h('p', { class: 'made' }), pattern: null };
    side.pattern = new Pattern({ table: () => patternTable(side), hover: (i) => this.app.views.causes.hover(i), pick: (i) => this.app.store.set({ token: i }) });
    return side;
  }

  /** What B is: the run beside, the pinned step, or both; null: nothing was chosen. */
  #other(state, t) {
    const { data, exact } = this.app;
    const row = data.row(state.beside) ?? (state.pin !== null ? t.row : null);
    if (!row) return null;
    const wanted = state.pin ?? state.step ?? t.step;
    const step = Math.min(wanted, row.step);
    data.details(row.id);
    return { row, step, wanted, shown: exact.nearest(row.id, step) };
  }

  update({ state, t, at, head }) {
    const other = this.#other(state, t);
    this.body.hidden = !other;
    if (!other) return this.#explain();
    this.chip.update(other.row.id, other.step, other.shown);
    const names = [this.#name(t.row, at.step), this.#name(other.row, other.shown)];
    fill(this.how, h('b', {}, 'A'), ` ${names[0]}, as it is. `, h('b', {}, 'B'), ` ${names[1]}, as it is. `, endMark(other.row, other.wanted), ' ', endMark(t.row, state.step));
    if (other.shown === null) return;
    const heads = [headIn(head, t.row), headIn(head, other.row)];
    const replies = this.#ask(at, t.row, other, heads);
    const failed = replies.find((r) => r?.failed)?.failed;
    if (failed) return say(this.how, `These two cannot read the same words: ${failed}`);
    const [a, b] = replies.map((r) => r?.answer ?? null);
    if (!a || !b) return;
    this.#show(a, b, at, names, heads);
  }

  /** Both read the same tokens; each is asked for the tokens that are likely under the other one too. */
  #ask(at, row, other, heads) {
    const { lab, data } = this.app;
    const text = data.text(row.id, at.text);
    const own = other.row.id === row.id ? at.text : `tokens.${text.tokens.slice(0, other.row.context).join('.')}`;
    const place = Math.min(at.position, text.tokens.length - 1, other.row.context - 1);
    const sides = [{ id: row.id, step: at.step, text: at.text }, { id: other.row.id, step: other.shown, text: own }].map((s) => ({ ...s, position: place, edits: [] }));
    const plain = sides.map((s, i) => lab.pass(`compare.${i}`, { ...s, patterns: [heads[i]] }));
    if (plain.some((p) => !p?.answer)) return plain;
    const likely = plain.map((p) => p.answer.next.slice(0, SHOWN).map((n) => n.token));
    const both = sides.map((s, i) => lab.pass(`compare.both.${i}`, { ...s, patterns: [heads[i]], chosen: likely[1 - i] }));
    return both.map((p, i) => p ?? plain[i]);
  }

  #name(row, step) {
    return `${runName(row)} at step ${step === null ? '…' : short(step)}`;
  }

  #explain() {
    const { store, cursor } = this.app;
    fill(this.how, 'Choose what stands beside this: another variant under “Beside it” above, any run by ⇄ in the drawer of runs, or this run at another step: ',
      button('pin this step', 'Pin the step of the cursor, then move the cursor (P)', () => cursor.pin(), { class: 'small' }), ' and then move the cursor.', store.get().beside ? ' The run that was beside is not here any more.' : '');
  }

  #show(a, b, at, names, heads) {
    const key = `${ink().dark}|${at.position}`;
    if (this.a === a && this.b === b && this.key === key) return this.#light(at);
    Object.assign(this, { a, b, key, names: at.names });
    const n = Math.min(a.positions, b.positions);
    this.change = Array.from({ length: n }, (_, i) => (a.before[i] === null || b.before[i] === null ? NaN : a.before[i] - b.before[i]));
    this.none = [];
    const where = `${at.names[a.position]} (${a.position})`;
    const of = new Map(b.next.map((t) => [t.token, t]));
    const rows = a.next.filter((t, i) => i < SHOWN || t.follows || (of.get(t.token)?.before ?? 0) > 0.05).slice(0, SHOWN + 3);
    this.bars.show({
      title: `Next token after ${where}`, kinds: ['a', 'b'],
      rows: rows.map((t) => ({ name: t.name, follows: t.follows, values: { a: t.before, b: of.get(t.token)?.before ?? NaN } })),
      said: `After ${where}: ${rows.map((t) => `${t.name} A ${number(t.before)}, B ${number(of.get(t.token)?.before)}`).join('; ')}`,
    });
    this.deltas.figure.setTitle('Loss of predicting the token after each word: A minus B, in nats');
    this.deltas.figure.plot.setAttribute('aria-label', 'Loss by position, A minus B; the table has the numbers');
    this.deltas.figure.setNote(`A is ${names[0]}, B is ${names[1]}.`);
    this.sides.forEach((side, i) => {
      const answer = [a, b][i];
      side.head = heads[i];
      side.film = filmOf(answer);
      side.pattern.figure.setTitle(`${side.name}: ${heads[i]} of ${names[i]}`);
      say(side.said, heads[i] === heads[0] ? '' : `${heads[0]} is not in this model; its best head is shown.`);
    });
    this.#light(at);
  }

  #light(at) {
    this.deltas.show({ change: this.change, placebo: this.none, names: at.names, lit: at.position, marks: ['A is worse', 'A is better'] });
    for (const side of this.sides) side.pattern.show({ film: side.film, frame: 0, layer: 0, head: 0, names: at.names, lit: at.position, source: null }, ink());
  }

  #barsTable() {
    const of = new Map((this.b?.next ?? []).map((t) => [t.token, t.before]));
    return { columns: ['token', 'follows', 'A', 'B'], rows: (this.a?.next ?? []).map((t) => [t.name, t.follows ? 'yes' : '', t.before, of.get(t.token) ?? NaN]) };
  }

  #lossTable() {
    return { columns: ['position', 'word', 'loss A', 'loss B', 'A minus B'], rows: (this.change ?? []).map((c, i) => [i, this.names[i], this.a.before[i] ?? NaN, this.b.before[i] ?? NaN, c]) };
  }
}

/** The chosen head where a model has it, else its best. */
function headIn(head, row) {
  const at = parseHead(head);
  return at && at.layer < row.layers && at.head < row.heads ? head : row.head ?? 'L0H0';
}

let pictures = 0;

/** One head's pattern of an answer, as the panel of patterns reads films. */
function filmOf(answer) {
  const { size, before } = answer.patterns;
  const patterns = Uint8Array.from(atob(before), (c) => c.charCodeAt(0));
  return { id: `answer ${++pictures}`, text: '', T: size, size, patterns, offset: () => 0 };
}

function patternTable({ film }) {
  if (!film) return { columns: [], rows: [] };
  const p = (i, j) => (film.patterns[(i * (i + 1)) / 2 + j] / 255) ** 2;
  const all = Array.from({ length: film.T }, (_, i) => i);
  return { columns: ['from', ...all.map(String)], rows: all.map((i) => [i, ...all.map((j) => (j > i ? '' : p(i, j)))]) };
}
