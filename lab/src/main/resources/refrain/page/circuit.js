/**
 * The circuit at the cursor's step: what writes into the residual stream, what reads it, and how much
 * of each other they could read. An edge is cut by a click; what that does shows in the bars above.
 */
import { button, choice, fill, h, say } from './dom.js';
import { cutWord, INPUTS, parse } from './edits.js';
import { Figure } from './figure.js';
import { edgesShown, Graph } from './graph.js';
import { number, short } from './scale.js';

const COUNTS = ['12', '24', '60', 'all'];

export class CircuitPart {
  constructor(app) {
    this.app = app;
    this.lit = null;
    this.edges = [];
    this.graph = new Graph();
    this.count = choice('Edges', COUNTS.map((v) => ({ value: v, text: v === 'all' ? 'all that came' : `the ${v} furthest above chance` })), '24', (v) => app.store.set({ edges: v }));
    this.figure = new Figure({
      name: 'circuit',
      height: (w) => this.graph.height(w),
      draw: (pen, w, hh, k) => this.graph.draw(pen, w, hh, k),
      over: (pen, w, hh, k) => this.graph.over(pen, this.lit, k),
      table: () => this.#table((e) => (this.#isCut(e) ? 'cut' : '')),
      twin: () => this.#table((e) => this.#cutButton(e)),
    });
    this.figure.value.setAttribute('role', 'status');
    this.offers = h('div', { class: 'bar' });
    this.root = h('section', { 'aria-label': 'Circuit' }, h('div', { class: 'bar' }, this.count), this.offers, this.figure.root);
    this.#listen();
  }

  #listen() {
    const plot = this.figure.plot;
    plot.setAttribute('role', 'group');
    plot.addEventListener('pointermove', (e) => this.#light(this.graph.edgeAt(this.figure.at(e))));
    plot.addEventListener('pointerleave', () => this.#light(null));
    plot.addEventListener('click', (e) => {
      const at = this.figure.at(e);
      const node = this.graph.nodeAt(at);
      if (node?.kind === 'HEAD') return this.app.store.set({ head: node.name });
      const edge = this.graph.edgeAt(at);
      if (edge) this.#cut(edge);
    });
    plot.addEventListener('keydown', (e) => this.#key(e));
  }

  #key(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by && this.edges.length) {
      const i = this.edges.indexOf(this.lit);
      this.#light(this.edges[(i + by + this.edges.length) % this.edges.length]);
    } else if ((event.key === 'Enter' || event.key === ' ') && this.lit) this.#cut(this.lit);
    else return;
    event.preventDefault();
  }

  #light(edge) {
    if (this.lit === edge) return;
    this.lit = edge;
    this.figure.plot.style.cursor = edge?.cut ? 'pointer' : '';
    this.figure.paintTop();
    this.#say();
  }

  #word = (e) => cutWord(e.from, e.to, e.input);

  #isCut(e) {
    return this.app.store.get().edits.includes(this.#word(e));
  }

  #cut(edge) {
    if (!edge.cut) return this.figure.setValue(`${edgeName(edge)}: only what heads read can be cut`);
    this.app.views.causes.toggleEdge(this.#word(edge));
  }

  #cutButton(e) {
    const on = this.#isCut(e);
    return e.cut ? button(on ? 'join' : 'cut', `${on ? 'Join' : 'Cut'} ${edgeName(e)}`, () => this.#cut(e), { class: 'small', 'data-key': this.#word(e) }) : 'cannot be cut';
  }

  #say() {
    const e = this.lit;
    if (!e) return this.figure.setValue('Hover an edge, or walk through them with the arrows; a click or Enter cuts it.');
    const between = /^L\d+H/.test(e.from) && /^L\d+H/.test(e.to);
    const chance = between ? `, random heads ${number(this.circuit.nullMean)} ± ${number(this.circuit.nullSd)}` : '';
    this.figure.setValue(`${edgeName(e)}: strength ${number(e.strength)}${chance}${e.z === null ? '' : `, z ${number(e.z)}`}${this.#isCut(e) ? ' · cut' : e.cut ? '' : ' · cannot be cut'}`);
  }

  update({ state, at, circuit, head }) {
    this.count.querySelector('select').value = state.edges;
    const answer = circuit?.answer ?? null;
    if (circuit?.failed) this.figure.setNote(circuit.failed);
    if (answer) this.circuit = answer;
    else if (this.of !== at.id) this.circuit = null;
    this.of = at.id;
    if (!this.circuit) return this.figure.setTitle('The circuit is being computed');
    const cuts = state.edits.map(parse).filter((e) => e?.kind === 'edge').map((e) => e.word);
    const key = JSON.stringify([this.circuit.step, at.id, state.edges, state.edits, head, document.documentElement.dataset.scheme]);
    if (this.key === key) return;
    this.key = key;
    this.edges = edgesShown(this.circuit, state.edges, cuts);
    this.lit = this.edges.find((e) => this.lit && this.#word(e) === this.#word(this.lit)) ?? null;
    this.graph.show(this.circuit, this.edges, state.edits, head);
    this.figure.setTitle(`Circuit at step ${short(this.circuit.step)}: ${this.edges.length} of ${this.circuit.all} edges`);
    this.figure.plot.setAttribute('aria-label', `Circuit with ${this.edges.length} edges. Arrows walk through the edges, Enter cuts one; the table has them with buttons.`);
    this.figure.setNote(this.#note());
    this.#offer(cuts);
    this.figure.paint();
    this.#say();
  }

  #note() {
    const level = this.circuit.nullMean === null ? '' : ` Between random heads it is ${number(this.circuit.nullMean)} ± ${number(this.circuit.nullSd)}; paler edges lie within 2 standard deviations of chance.`;
    return `Width: strength, how much of what one writes the other could read by its weights. K (solid): keys; Q (dashes): queries; V (dots): values; direct paths to MLPs and logits (dash-dot) have no letter.${level} A strong edge says what the weights allow; what it does is seen by cutting it.`;
  }

  /** The edges that make induction: K-composition from an earlier head into heads that match prefixes. */
  #offer(cuts) {
    const matching = new Set(this.circuit.nodes.filter((n) => n.match && n.match.verdict !== 'NONE').map((n) => n.name));
    const into = this.circuit.edges.filter((e) => e.input === 'K' && e.cut && matching.has(e.to) && /^L\d+H/.test(e.from)).sort((a, b) => (b.z ?? 0) - (a.z ?? 0));
    const best = into[0];
    if (!best) return fill(this.offers, h('span', { class: 'muted' }, 'No K-composition into a head that matches prefixes: there is no such edge to cut here.'));
    const all = into.filter((e) => e.from === best.from);
    const { store } = this.app;
    const press = (edges, text) => {
      const words = edges.map(this.#word);
      const on = words.every((w) => cuts.includes(w));
      const set = () => store.set({ edits: on ? store.get().edits.filter((w) => !words.includes(w)) : [...new Set([...store.get().edits, ...words])] });
      return button(`${on ? 'join' : 'cut'} ${text}`, `${on ? 'Join' : 'Cut'} ${text}`, set, { class: 'small', 'aria-pressed': String(on), 'data-cut': String(edges.length) });
    };
    fill(this.offers, press([best], `${best.from} → keys of ${best.to}`), all.length > 1 && press(all, `${best.from} → keys of all ${all.length} matching heads`),
      h('span', { class: 'muted' }, `strongest K-composition into a matching head, z ${number(best.z)}${this.#previous(best.from)}`));
  }

  #previous(name) {
    const prev = this.circuit.nodes.find((n) => n.name === name)?.measures?.prev;
    return prev === undefined || prev === null ? '' : `; ${name} attends to the previous token ${number(prev)}`;
  }

  #table(last) {
    const v = (x) => x ?? NaN;
    return { columns: ['from', 'to', 'reads it as', 'strength', 'z', 'cut'], rows: this.edges.map((e) => [e.from, e.to, INPUTS[e.input] ?? (e.input === 'MLP' ? 'input' : 'logits'), v(e.strength), v(e.z), last(e)]) };
  }
}

const edgeName = (e) => `${e.from} → ${INPUTS[e.input] ? `${INPUTS[e.input]} of ` : ''}${e.to}`;
