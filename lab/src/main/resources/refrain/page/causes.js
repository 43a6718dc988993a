/**
 * The view Causes: a text, the model's switches beside it, and what they change, with the placebo in
 * the same figures. Below, one part at a time: circuit, two models side by side, tables, evidence,
 * and what the model goes on with.
 */
import { Bars } from './bars.js';
import { CircuitPart } from './circuit.js';
import { ComparePart } from './compare.js';
import { Deltas } from './deltas.js';
import { button, fill, h, say, segments } from './dom.js';
import { Dose } from './dose.js';
import { inWords, known, toggled, withFactor } from './edits.js';
import { EvidencePart } from './evidence.js';
import { ExactChip } from './exactchip.js';
import { diverging, ink, sequential } from './ink.js';
import { Lookers } from './lookers.js';
import { median, placeboWords } from './placebo.js';
import { number, short } from './scale.js';
import { Switches } from './switches.js';
import { TablesPart } from './tables.js';
import { TextChoice } from './textchoice.js';
import { Tokens } from './tokens.js';
import { Totals } from './totals.js';
import { headName, parseHead, training } from './training.js';
import { Variants } from './variants.js';
import { WritePart } from './write.js';

const PARTS = [['circuit', 'Circuit'], ['compare', 'Side by side'], ['tables', 'OV and QK'], ['evidence', 'Evidence'], ['write', 'Goes on with']];
const LOSS_TOP = 6;
const SIGNED_TOP = 4;
const SHOWN_TOKENS = 6;
const REST_MS = 250;

export class CausesView {
  constructor(app) {
    this.app = app;
    const { store } = app;
    this.text = new TextChoice(app);
    this.variants = new Variants(app);
    this.chip = new ExactChip(app, 'state');
    this.strip = new Tokens('The words of the sequence', { hover: (i) => this.hover(i), pick: (i) => store.set({ token: store.get().token === i ? null : i }) });
    this.strip.root.dataset.id = 'c';
    this.key = h('p', { class: 'made' });
    this.said = h('p', { class: 'readout', role: 'status' });
    const to = { edits: () => store.get().edits, set: (edits) => store.set({ edits }), choose: (name) => parseHead(name) && store.set({ head: name }) };
    this.switches = new Switches(to);
    this.lookers = new Lookers(to);
    this.reset = button('all on', 'Reset all switches and join all edges (A)', () => store.set({ edits: [] }), { class: 'small' });
    this.absent = h('p', { class: 'made' });
    this.bars = new Bars({ least: SHOWN_TOKENS + 1, table: () => this.#barsTable() });
    this.deltas = new Deltas({ name: 'loss-by-token-switched', table: () => this.#deltasTable(), hover: (i) => this.hover(i), pick: (i) => store.set({ token: i }) });
    this.totals = new Totals(app);
    this.dose = new Dose(app);
    this.parts = { circuit: new CircuitPart(app), compare: new ComparePart(app), tables: new TablesPart(app), evidence: new EvidencePart(app), write: new WritePart(app) };
    this.tabs = segments('Part', PARTS.map(([value, text]) => ({ value, text })), (part) => store.set({ part }));
    this.part = h('div', {});
    this.lacks = h('p', { class: 'made', hidden: true }, 'The circuit, the tables of OV and QK, evidence by ablation and a second model beside it are for runs of models that were trained here; of a model on disk the terminal has the table of all heads: ', h('code', {}, './refrain measure MODEL'), '.');
    this.moved = {};
    this.results = h('div', { class: 'results' },
      h('div', { class: 'lab' },
        h('div', {}, h('div', { class: 'bar' }, h('h2', {}, 'Switches'), h('span', { class: 'space' }), this.reset), this.lookers.root, this.switches.root, this.absent, this.totals.root),
        h('div', {}, this.bars.root),
        h('div', {}, this.dose.root)),
      this.deltas.root);
    this.root = h('section', { class: 'view causes', 'aria-label': 'Causes' },
      h('div', { class: 'bar' }, this.variants.roots, this.text.choice, h('span', { class: 'space' }), this.chip.root),
      this.text.picker.root,
      this.strip.root, this.key, this.said,
      this.results,
      h('div', { class: 'bar parts' }, this.tabs), this.lacks, this.part);
  }

  /** The pointer is on a position: the next token there shows. */
  hover(i) {
    this.hovered = i;
    this.app.store.set({ hoverToken: i === null ? null : `${i}` });
  }

  toggleChosen() {
    const { store } = this.app;
    const { edits, head } = store.get();
    const name = head ?? headName(0, 0);
    store.set({ view: 'causes', head: name, edits: edits.includes(name) ? withFactor(edits, name, 1) : withFactor(edits, name, 0) });
  }

  nextMatching() {
    this.dose.next();
  }

  /** Cuts an edge or joins it again. */
  toggleEdge(word) {
    this.app.store.set({ edits: toggled(this.app.store.get().edits, word) });
  }

  update(state, changed) {
    const { data, exact, lab } = this.app;
    const t = training(state, data);
    this.t = t;
    const text = data.text(state.main, state.text);
    this.text.update(state, text);
    this.variants.update(state);
    this.tabs.show(state.part);
    this.#showKind(Boolean(t.row?.model));
    this.names = text?.names ?? [];
    const step = exact.nearest(state.main, t.step);
    this.chip.update(state.main, t.step, step, t.beyond ? [`this run ended at ${short(t.last)}, the cursor is at ${short(t.beyond)}`] : []);
    if (step === null || !text) return;
    this.strip.show(text.names);
    const edits = known(state.edits, t.row);
    const position = this.#position(state, text);
    const at = { id: state.main, step, text: state.text, edits, position, names: this.names };
    this.at = at;
    // A large model answers twice: at once what was switched, then with the placebo beside it.
    const first = t.row.model && edits.length ? lab.pass('first', { ...at, placebos: 0 }) : null;
    const whole = lab.pass('pass', at);
    const reply = whole ?? first;
    if (reply) this.pass = { ...reply, at };
    if (this.pass?.at.id !== at.id) this.pass = null;
    this.results.classList.toggle('pending', !reply);
    this.whole = Boolean(whole);
    const circuit = this.#rested('step', `${state.main}|${step}`) ? lab.circuit('circuit', state.main, step) : null;
    if (circuit?.answer) this.circuit = circuit.answer;
    if (this.circuitOf !== state.main) Object.assign(this, { circuitOf: state.main, circuit: circuit?.answer ?? null });
    this.#showSwitches(state, t, edits);
    this.#showPass(state, t);
    this.#showLookers(state, t, text, position);
    if (this.#rested('place', `${state.main}|${step}|${state.text}|${position}`)) this.dose.update({ ...at, circuit: this.circuit, edits: state.edits });
    this.#showPart(state, t, at, circuit, changed);
  }

  /** What there is of a run alone is not offered of a model on disk. */
  #showKind(model) {
    this.chip.root.hidden = this.tabs.hidden = model;
    this.lacks.hidden = !model;
    for (const root of this.variants.roots) root.hidden = model;
  }

  /** Whether something has not changed for a moment: what takes long is asked for then. */
  #rested(what, key) {
    if (this.app.cursor.playing) return false;
    const last = this.moved[what];
    if (last?.key === key) return last.rests;
    clearTimeout(last?.timer);
    const now = { key, rests: !last, timer: 0 };
    this.moved[what] = now;
    if (last) now.timer = setTimeout(() => {
      now.rests = true;
      this.app.store.touch('lab');
    }, REST_MS);
    return now.rests;
  }

  #showSwitches(state, t, edits) {
    const shape = { layers: t.row.layers, heads: t.row.heads, mlps: (t.details?.spec?.model?.dMlp ?? 0) > 0 };
    const matches = new Map((this.circuit?.nodes ?? []).map((n) => [n.name, n.match]));
    this.switches.update(shape, edits, this.#head(state), matches);
    this.reset.disabled = !state.edits.length;
    const absent = state.edits.filter((word) => !edits.some((e) => e.word === word));
    say(this.absent, absent.length ? `Not in this model, so not made: ${absent.join(', ')}.` : '');
  }

  /** The chosen head; without one, that which matches prefixes best, else the first. */
  #head(state) {
    return state.head ?? Dose.heads(this.circuit)[0] ?? headName(0, 0);
  }

  /** Where the next token is read: under the pointer, the chosen word, else where something repeats. */
  #position(state, text) {
    const n = text.tokens.length;
    const at = this.hovered ?? state.token;
    if (at !== null && at !== undefined && at < n) return at;
    if (this.secondOf !== text) Object.assign(this, { secondOf: text, second: text.position ?? secondTime(text.tokens) });
    return this.second ?? n - 1;
  }

  #showPart(state, t, at, circuit, changed) {
    const part = t.row.model ? this.parts.write : this.parts[state.part] ?? this.parts.circuit;
    if (this.shownPart !== part) {
      this.shownPart = part;
      fill(this.part, part.root);
    }
    part.update({ state, t, at, circuit, rests: this.#rested('step', `${at.id}|${at.step}`), head: this.#head(state), changed });
  }

  #showLookers(state, t, text, position) {
    const { answer } = this.pass ?? {};
    this.lookers.root.hidden = !t.row.model || !answer;
    if (this.lookers.root.hidden) return;
    const likely = [...answer.next].sort((a, b) => b.before - a.before)[0];
    const target = answer.position === position ? (answer.next.find((n) => n.follows) ?? likely).token : null;
    this.lookers.update({ film: this.app.data.film(state.main, state.text), tokens: text.tokens, names: text.names, position, target, edits: state.edits });
  }

  #showPass(state, t) {
    const { answer, failed, at } = this.pass ?? {};
    const lit = this.at.position;
    for (const part of [this.bars, this.deltas, this.totals]) part.root.hidden = !answer;
    if (!answer) {
      this.strip.tint(() => null, lit);
      return say(this.said, failed ?? 'The answer is being computed.');
    }
    this.placebo = this.whole ? placeboWords(answer.placebo) : 'The placebo is being computed.';
    const losses = answer.positions;
    if (this.deltasOf !== answer) {
      this.deltasOf = answer;
      const minus = (a) => Array.from({ length: losses }, (_, i) => (a[i] === null || a[i] === undefined || answer.before[i] === null ? NaN : a[i] - answer.before[i]));
      this.change = minus(answer.after);
      this.others = answer.others.length ? minus(answer.others) : [];
    }
    const switched = at.edits.length > 0;
    this.#tint(answer, switched, lit);
    this.#showBars(answer, at, switched);
    this.#showDeltas(answer, switched, lit);
    this.totals.update(switched ? answer : null, t.details, this.placebo);
    this.#say(answer, at, switched);
  }

  /** Colours the words by the loss of predicting them: position i is told by the one before it. */
  #tint(answer, switched, lit) {
    const k = ink();
    const [seq, div] = [sequential(k), diverging(k)];
    const name = (i) => this.names[i];
    this.strip.tint((i) => {
      const v = i ? (switched ? this.change[i - 1] : answer.before[i - 1]) : null;
      if (v === null || v === undefined || Number.isNaN(v)) return null;
      if (switched) return { share: Math.min(1, Math.abs(v) / SIGNED_TOP), word: div[Math.max(50, Math.min(206, Math.round(128 + (v / SIGNED_TOP) * 78)))], text: `${name(i)}: loss ${number(answer.before[i - 1])} → ${number(answer.after[i - 1])} nats` };
      return { share: Math.min(1, v / LOSS_TOP), word: seq[Math.min(130, Math.max(0, Math.round((v / LOSS_TOP) * 130)))], text: `${name(i)}: loss ${number(v)} nats` };
    }, lit);
    say(this.key, switched
      ? 'Words by the change of their loss. Orange: switching made it worse; blue: better; the bar is as long as the size, 4 nats at most.'
      : 'Words by their loss: the deeper and the longer its bar, the worse it was predicted, 6 nats at most. Turn a head off: the words show the change.');
  }

  #showBars(answer, at, switched) {
    const rows = answer.next.slice(0, SHOWN_TOKENS);
    const follows = answer.next.find((n) => n.follows);
    if (follows && !rows.includes(follows)) rows.push(follows);
    const where = `${this.names[answer.position]} (${answer.position})`;
    const kinds = switched ? (answer.placebo.sets.length ? ['before', 'after', 'placebo'] : ['before', 'after']) : ['before'];
    const view = {
      title: `Next token after ${where}`,
      kinds,
      rows: rows.map((n) => ({ name: n.name, follows: n.follows, values: { before: n.before, after: n.after, placebo: median(n.placebo) }, dots: n.placebo })),
      said: `After ${where}: ${rows.map((n) => `${n.name} ${number(n.before)}${switched ? ` then ${number(n.after)}` : ''}`).join(', ')}`,
    };
    const key = JSON.stringify(view) + ink().dark;
    if (this.barsKey === key) return;
    this.barsKey = key;
    this.bars.show(view);
    this.bars.figure.setValue(at.edits.length ? inWords(at.edits) : 'nothing is switched');
    this.bars.figure.setNote(switched ? this.placebo : '');
  }

  #showDeltas(answer, switched, lit) {
    this.deltas.root.hidden = !switched;
    if (!switched) return;
    this.deltas.figure.setTitle('Change of the loss of predicting the token after each word, in nats');
    this.deltas.figure.setNote(answer.placebo.sets.length ? `Placebo: mean over ${answer.placebo.sets.length} ${answer.placebo.sets.length === 1 ? 'set' : 'sets'} of other heads of the same layers.` : this.placebo);
    this.deltas.figure.plot.setAttribute('aria-label', 'Change of loss by position; the table has the numbers');
    this.deltas.show({ change: this.change, placebo: this.others, names: this.names, lit, marks: ['worse', 'better'] });
  }

  #say(answer, at, switched) {
    const { names } = this;
    const follows = answer.next.find((n) => n.follows);
    const where = `${names[answer.position]} (${answer.position})`;
    const notes = answer.notes.length ? ` ${answer.notes.join('. ')}.` : '';
    if (!follows) return say(this.said, `After ${where} the likeliest is ${answer.next[0].name}, ${number(answer.next[0].before)}; which token follows is not known.${notes}`);
    const before = earlier(answer.tokens, answer.position);
    const seen = before === null ? '' : ` ${names[before]} stood at ${before} before, and ${names[before + 1]} followed.`;
    const now = switched ? `; with ${inWords(at.edits)} ${number(follows.after)}${answer.placebo.sets.length ? `, under the placebo ${number(median(follows.placebo))}` : this.whole ? `, and there is no placebo: ${answer.placebo.none}` : '; the placebo is being computed'}` : '';
    say(this.said, `After ${where} comes ${follows.name}: ${number(follows.before)}${now}.${seen}${notes}`);
  }

  #barsTable() {
    const { answer } = this.pass ?? {};
    if (!answer) return { columns: [], rows: [] };
    const sets = answer.placebo.sets.map((s) => `placebo ${s.heads.join('+')}`);
    return { columns: ['token', 'follows', 'as it is', 'switched', ...sets], rows: answer.next.map((n) => [n.name, n.follows ? 'yes' : '', n.before, n.after, ...n.placebo]) };
  }

  #deltasTable() {
    const { answer } = this.pass ?? {};
    if (!answer) return { columns: [], rows: [] };
    const v = (x) => x ?? NaN;
    return { columns: ['position', 'word', 'loss as it is', 'loss switched', 'change', 'placebo’s change'], rows: this.change.map((c, i) => [i, this.names[i], v(answer.before[i]), v(answer.after[i]), c, this.others[i] ?? NaN]) };
  }
}

/** The last earlier place of the same token; null: it was not there. */
function earlier(tokens, position) {
  const at = tokens.lastIndexOf(tokens[position], position - 1);
  return position > 0 && at >= 0 ? at : null;
}

/** The last place where a token stands for the second time and the same one follows as before. */
function secondTime(tokens) {
  for (let i = tokens.length - 2; i > 0; i--) {
    const before = earlier(tokens, i);
    if (before !== null && before + 1 < i && tokens[before + 1] === tokens[i + 1]) return i;
  }
  return null;
}
