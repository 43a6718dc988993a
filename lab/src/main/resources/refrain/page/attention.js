/** The view Attention: the film of all heads' patterns, the words by their losses, two steps at once. */
import { Atlas } from './atlas.js';
import { term } from './cards.js';
import { button, choice, h, say, setOptions } from './dom.js';
import { Dose } from './dose.js';
import { ExactChip } from './exactchip.js';
import { diverging, ink, sequential } from './ink.js';
import { Pattern } from './pattern.js';
import { Rows } from './rows.js';
import { number, short } from './scale.js';
import { TextChoice } from './textchoice.js';
import { Tokens } from './tokens.js';
import { atStep, headName, parseHead, runName, training } from './training.js';

const TINTS = [
  { value: 'loss', text: 'loss' },
  { value: 'gain', text: 'ICL gain' },
  { value: 'difference', text: 'loss against the pinned step' },
  { value: 'attention', text: 'attention of the chosen head' },
];
/** What words of a model on disk can be coloured by: it has no bigram table and no other step. */
const OF_ANY = new Set(['loss', 'attention']);
const LOSS_TOP = 6;
const SIGNED_TOP = 4;
const MOST_BESIDE = 600;
/** From so many layers on the picture of all heads is a column. */
const TALL = 16;

export class AttentionView {
  constructor(app) {
    this.app = app;
    const { store } = app;
    this.text = new TextChoice(app);
    this.tint = choice('Colour words by', TINTS, 'loss', (v) => store.set({ tint: v }));
    this.weighted = button('by values', 'Weigh attention by the lengths of the value vectors that it reads', () => store.set({ weighted: store.get().weighted ? null : 'values' }), { 'aria-pressed': 'false' });
    this.chip = new ExactChip(app, 'attention');
    const words = { hover: (i) => this.#hover(i), pick: (i) => store.set({ token: store.get().token === i ? null : i }) };
    this.strip = new Tokens('The words of the sequence', words);
    this.strip.root.dataset.id = 'a';
    this.key = h('p', { class: 'made' });
    this.said = h('p', { class: 'readout', role: 'status' });
    this.a = this.#atlas('attention-of-all-heads');
    this.b = this.#atlas('attention-of-all-heads-compared');
    this.pattern = new Pattern({
      table: () => this.#patternTable(),
      hover: (i, j) => this.#hover(i, j),
      pick: (i) => store.set({ token: i }),
    });
    this.rows = new Rows({ table: () => this.#rowsTable(), pick: (name) => store.set({ head: name }), hover: (name) => store.set({ hoverHead: name }) });
    this.films = h('div', { class: 'films' }, h('div', { class: 'pair' }, this.b.root, this.a.root), h('div', { class: 'one' }, this.rows.root, this.pattern.root));
    this.root = h('section', { class: 'view', 'aria-label': 'Attention' },
      h('div', { class: 'bar' }, this.text.choice, this.tint, h('span', { class: 'field' }, term(app, 'loss', 'loss'), term(app, 'ICL gain of a token', 'ICL gain')), h('span', { class: 'field' }, term(app, 'value-weighted attention', 'attention'), this.weighted), h('span', { class: 'space' }), this.chip.root),
      this.text.picker.root,
      this.strip.root, this.key, this.said,
      this.films);
  }

  #atlas(name) {
    const { store } = this.app;
    const atlas = new Atlas(name, {
      table: () => this.#atlasTable(atlas),
      hover: (layer, head, i, j) => this.#hover(i, j, { layer, head }),
      leave: () => this.#hover(null),
      pick: (head) => store.set({ head }),
    });
    atlas.figure.plot.addEventListener('keydown', (e) => this.#arrows(e));
    return atlas;
  }

  /** In the grid the arrows move the chosen head. */
  #arrows(event) {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const film = this.film;
    if (!move || !film?.size) return;
    event.preventDefault();
    const at = this.#head();
    const clamp = (v, n) => Math.max(0, Math.min(n - 1, v));
    this.app.store.set({ head: headName(clamp(at.layer + move[0], film.layers), clamp(at.head + move[1], film.heads)) });
  }

  /** Where the pointer is: a position, perhaps a source and a head. Drawn in the next frame. */
  #hover(i, j = null, head = null) {
    this.at = { i, j, head };
    this.app.store.set({ hoverToken: i === null ? null : `${i}|${j}`, hoverHead: head ? headName(head.layer, head.head) : null });
  }

  /** The chosen head; without one, that which matches prefixes best at the cursor. */
  #head() {
    const state = this.app.store.get();
    const chosen = parseHead(state.head);
    const film = this.film;
    if (chosen && film?.size && chosen.layer < film.layers && chosen.head < film.heads) return chosen;
    return this.best ?? { layer: 0, head: 0 };
  }

  #findBest(state, t) {
    if (t.row?.model) {
      const matching = Dose.heads(this.app.lab.circuit('circuit', state.main, 0)?.answer)[0];
      this.best = parseHead(matching ?? null);
      return;
    }
    const map = this.app.data.heads(state.main, 'pm');
    if (!map?.rows || this.bestOf === map) return;
    this.bestOf = map;
    const n = map.layers * map.heads;
    const last = map.values.subarray((map.rows - 1) * n);
    let best = 0;
    for (let i = 1; i < n; i++) if (last[i] > last[best]) best = i;
    this.best = { layer: Math.floor(best / map.heads), head: best % map.heads };
  }

  update(state, changed) {
    const { data } = this.app;
    const t = training(state, data);
    this.t = t;
    const text = data.text(state.main, state.text);
    this.names = text?.names ?? [];
    this.given = text?.position ?? null;
    this.#findBest(state, t);
    this.#frameOf(state, t);
    this.#whole(state, t);
    this.#compared(state, t);
    // Pictures first: to draw text on a canvas after a change of the page costs a layout of it.
    this.#show(state);
    if (text) this.strip.show(text.names);
    this.#titles(t);
    this.text.update(state, text);
    this.chip.root.hidden = Boolean(t.row?.model);
    setOptions(this.tint.querySelector('select'), t.row?.model ? TINTS.filter((tint) => OF_ANY.has(tint.value)) : TINTS, state.tint);
    this.weighted.setAttribute('aria-pressed', String(Boolean(state.weighted)));
    this.#showChip(state, t);
    this.#tintWords(state);
    this.#say(state);
  }

  /** The frame at the cursor: of the step itself where its state is at hand, else of the checkpoint before. */
  #frameOf(state, t) {
    this.film = this.#filmAt(state.main, state.text, t.step);
    this.frame = this.film ? this.film.frameAt(t.step) : -1;
  }

  #filmAt(id, text, step) {
    const { data, exact } = this.app;
    const one = exact.state(id, step) ? data.film(id, text, null, step) : null;
    return one?.ready ? one : data.film(id, text);
  }

  /** Where all heads are thumbnails, the chosen head's film is fetched whole. */
  #whole(state, t) {
    const at = this.#head();
    const one = this.film?.thumbnails ? this.app.data.film(state.main, state.text, headName(at.layer, at.head), this.film.only) : null;
    const frame = one ? one.frameAt(t.step) : -1;
    this.large = frame >= 0 ? { film: one, frame, layer: 0, head: 0 } : { film: this.film, frame: this.frame, ...at };
  }

  /** Attention of a head from i to j; exact where the chosen head is here whole. */
  #attention(head, i, j) {
    const at = this.#head();
    const { film, frame, layer, head: h } = head.layer === at.layer && head.head === at.head ? this.large : { film: this.film, frame: this.frame, ...head };
    return film.attention(frame, layer, h, i, j);
  }

  /** The other film: of the run beside it, of the pinned step, or of both. */
  #compared(state, t) {
    const other = state.beside && !t.row?.model && this.app.data.row(state.beside) ? state.beside : null;
    this.comparing = Boolean(other) || state.pin !== null;
    this.otherStep = state.pin ?? t.step;
    this.other = this.comparing ? this.#filmAt(other ?? state.main, state.text, this.otherStep) : null;
    this.otherFrame = this.other ? this.other.frameAt(this.otherStep) : -1;
    this.otherName = other ? this.app.data.row(other) : t.row;
  }

  #showChip(state, t) {
    const { film, frame } = this;
    const more = [];
    if (t.beyond) more.push(`this run ended at ${short(t.last)}, the cursor is at ${short(t.beyond)}`);
    if (film?.failed) more.push('no film: the checkpoints could not be read');
    if (film && frame >= 0 && !film.whole(frame)) more.push(`the checkpoint of ${short(film.steps[frame])} cannot be read`);
    if (film && film.ready < film.count) more.push(`${film.ready} of ${film.count} frames are here`);
    this.chip.update(state.main, t.step, film && frame >= 0 ? film.steps[frame] : null, more);
  }

  /** The position that is lit: under the pointer, else the one that was chosen. */
  #lit(state) {
    const i = this.at?.i ?? null;
    const chosen = state.token ?? this.given;
    return i ?? (chosen !== null && chosen < this.names.length ? chosen : null);
  }

  #tintWords(state) {
    const k = ink();
    const { film, frame } = this;
    const lit = this.#lit(state);
    if (!film?.size || frame < 0) return this.strip.tint(() => null, lit);
    this.strip.tint(this.#tintOf(state, k, lit), lit);
    say(this.key, this.#keyWords(state));
  }

  #tintOf(state, k, lit) {
    const { film, frame, other, otherFrame } = this;
    const [seq, div] = [sequential(k), diverging(k)];
    const plain = (v, top, text) => (Number.isNaN(v) ? null : { share: Math.min(1, Math.max(0, v / top)), word: seq[Math.min(130, Math.max(0, Math.round((v / top) * 130)))], text });
    const signed = (v, top, text) => (Number.isNaN(v) ? null : { share: Math.min(1, Math.abs(v) / top), word: div[Math.max(50, Math.min(206, Math.round(128 + (v / top) * 78)))], text });
    if (state.tint === 'gain') return (i) => signed(-film.tokenGain(frame, i), SIGNED_TOP, `${this.names[i]}: ICL gain ${number(film.tokenGain(frame, i))} nats`);
    if (state.tint === 'attention') {
      const at = this.#head();
      return (i) => (lit === null || i > lit ? null : plain(this.#attention(at, lit, i), 1, `${this.names[lit]} → ${this.names[i]}: ${number(this.#attention(at, lit, i))}`));
    }
    if (state.tint === 'difference') {
      if (!other?.size || otherFrame < 0 || other.T !== film.T) return () => null;
      const by = (i) => film.tokenLoss(frame, i) - other.tokenLoss(otherFrame, i);
      return (i) => signed(by(i), SIGNED_TOP, `${this.names[i]}: ${number(by(i))} nats`);
    }
    return (i) => plain(film.tokenLoss(frame, i), LOSS_TOP, `${this.names[i]}: loss ${number(film.tokenLoss(frame, i))} nats`);
  }

  #keyWords(state) {
    if (state.tint === 'gain') return `ICL gain: the loss of ${this.film.trueBigram ? 'the language’s own bigram table' : 'the bigram table counted in its data'} minus that of the model, of each word given those before it. Blue: the context helped; orange: it misled; the bar is as long as the size, 4 nats at most.`;
    if (state.tint === 'attention') return 'The deeper and the longer its bar, the more the lit word attends to it in the chosen head. Hover a word, or choose one with the arrows.';
    if (state.tint === 'difference') return this.comparing ? `Loss at the cursor minus loss of ${this.#otherWords()}. Blue: it fell; orange: it rose; the bar is as long as the size, 4 nats at most.` : 'Pin a step (P), or put a run beside this one, and move the cursor: the difference of losses shows here.';
    return 'Loss of each word given those before it: the deeper and the longer its bar, the worse it was predicted, 6 nats at most.';
  }

  #otherWords() {
    const name = this.otherName?.id === this.t.row?.id ? '' : `${runName(this.otherName)} at `;
    const at = this.otherFrame >= 0 ? short(this.other.steps[this.otherFrame]) : '…';
    return `${name}step ${at}`;
  }

  #show(state) {
    const k = ink();
    const lit = this.#lit(state);
    const chosen = this.#head();
    const many = Boolean(this.film?.size) && this.film.heads * this.film.size > MOST_BESIDE;
    this.b.root.hidden = !this.comparing;
    this.films.classList.toggle('comparing', this.comparing || many);
    this.films.classList.toggle('tall', !this.comparing && !many && (this.film?.layers ?? 0) > TALL);
    const pointed = parseHead(state.hoverHead);
    this.a.show(this.film, this.frame, k, lit, chosen, pointed);
    if (this.comparing) this.b.show(this.other, this.otherFrame, k, lit, chosen, pointed);
    this.pattern.show({ ...this.large, names: this.names, lit, source: this.at?.j ?? null }, k);
    this.rows.show({ film: this.film, frame: this.frame, names: this.names, lit, chosen: pointed ?? chosen }, k);
  }

  #titles(t) {
    const one = this.film?.size && this.frame >= 0;
    const chosen = this.#head();
    const how = this.app.store.get().weighted ? ', weighted by values' : '';
    this.a.figure.setTitle(`All heads${one ? atStep(t.row, short(this.film.steps[this.frame])) : ''}${how}${this.comparing ? `: ${runName(t.row)}` : ''}`);
    if (this.comparing) this.b.figure.setTitle(`Beside it: ${this.#otherWords()}`);
    for (const atlas of [this.a, this.b]) {
      atlas.figure.label('group', `Attention of all heads. Chosen: ${headName(chosen.layer, chosen.head)}. Arrows choose a head; the table has its numbers.`);
    }
    this.pattern.figure.setTitle(`Head ${headName(chosen.layer, chosen.head)}: from a word (down) to those before it (across)${how}`);
    this.rows.name();
  }

  #say(state) {
    const { film, frame } = this;
    const lit = this.#lit(state);
    if (lit === null || !film?.size || frame < 0) return say(this.said, 'Hover a word: its row lights in every head.');
    const at = this.at?.head ?? this.#head();
    const tops = Array.from({ length: lit + 1 }, (_, j) => ({ j, p: this.#attention(at, lit, j) })).sort((a, b) => b.p - a.p).slice(0, 3);
    const gain = film.tokenGain(frame, lit);
    const losses = lit ? ` Loss ${number(film.tokenLoss(frame, lit))} nats${Number.isNaN(gain) ? '' : `, ICL gain ${number(gain)}`}.` : '';
    const source = this.at?.j ?? null;
    const pointed = source !== null && source <= lit ? ` To ${this.names[source]} (${source}): ${number(this.#attention(at, lit, source))}.` : '';
    say(this.said, `${this.names[lit]} (${lit}) in ${headName(at.layer, at.head)} attends to ${tops.map((s) => `${this.names[s.j]} (${s.j}) ${number(s.p)}`).join(', ')}.${pointed}${losses}`);
  }

  #atlasTable(atlas) {
    const { film, frame } = atlas;
    const lit = this.#lit(this.app.store.get()) ?? (film?.T ?? 1) - 1;
    if (!film?.size || frame < 0) return { columns: [], rows: [] };
    const rows = [];
    for (let layer = 0; layer < film.layers; layer++) {
      for (let head = 0; head < film.heads; head++) {
        const p = Array.from({ length: lit + 1 }, (_, j) => film.attention(frame, layer, head, lit, j));
        const top = p.indexOf(Math.max(...p));
        rows.push([headName(layer, head), `${this.names[lit]} (${lit})`, `${this.names[top]} (${top})`, p[top]]);
      }
    }
    return { columns: ['head', 'from', 'most to', 'attention'], rows };
  }

  #rowsTable() {
    return this.#atlasTable(this.a);
  }

  #patternTable() {
    const { film, frame, layer, head } = this.large ?? {};
    if (!film?.size || frame < 0) return { columns: [], rows: [] };
    const rows = Array.from({ length: film.T }, (_, i) => [`${i} ${this.names[i]}`, ...Array.from({ length: film.T }, (_, j) => (j > i ? '' : film.attention(frame, layer, head, i, j)))]);
    return { columns: ['from', ...Array.from({ length: film.T }, (_, j) => `${j} ${this.names[j]}`)], rows };
  }
}
