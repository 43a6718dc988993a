/**
 * The tour: six gestures that teach the paper, numbered in a small strip. The server computes first
 * what the run shows; a step takes the page to its state, says its sentence and which gesture to
 * make, and ticks itself off when that was made. It can be left at any time; while it goes on it
 * stays with its run, whatever is swapped in.
 */
import { Cursor } from './cursor.js';
import { button, h, say } from './dom.js';
import { short } from './scale.js';
import { MOST_RUNS } from './store.js';
import { runName } from './training.js';

const LEFT = 'refrain.tour.left';
const DONE = 'refrain.tour.done';

/** What each gesture is called, where and how it is made: with the pointer, and by keys. */
const STEPS = {
  DRAG: { place: '.plot', name: 'Drag over the cliff', how: (g) => `Drag the cursor over the shaded stripe, from step ${short(Math.round(g.numbers.begin))} to ${short(Math.round(g.numbers.end))}; or press → until it is behind it (Shift: ten steps; W jumps).` },
  HOVER: { place: '.tokens', name: 'Hover the second A', how: (g) => `Hover the outlined ${g.numbers.a} at position ${g.numbers.position}, or go there with the arrows: its row lights in every head.` },
  SWITCH: { place: '.switches', name: 'Switch the heads off', how: (g) => `Switch off ${g.numbers.heads.join(', ')}, one after another: click them, or press M.` },
  SWAP: { place: '', name: 'Swap the model', how: (g) => `Choose ${names(g).join(', then ')} with the buttons above, at the same step; or press V.` },
  CUT: { place: '.parts + div', name: 'Cut an edge', how: (g) => `Cut the edge from ${g.numbers.from} to the keys of ${g.numbers.to}: click it in the circuit, or use its button.` },
  PLAY: { place: '.films', name: 'Play the window', how: () => 'Press Space, or ▶ below: the film goes through the saved states of the window.' },
};

/** Pixels that the step cursor takes at the lower edge. */
const STRIP = 130;

/** What changes while somebody scrubs or hovers. */
const QUICK = new Set(['step', 'hoverStep', 'hoverToken', 'playing', 'pin', 'zoom']);

const names = (gesture) => gesture.numbers.there.map((t) => t.name);

/** "3:1a2b…": the step, and the run that the tour is of. */
const parse = (word) => {
  const match = /^([1-6]):([0-9a-f]{12})$/.exec(word ?? '');
  return match ? { at: Number(match[1]) - 1, run: match[2] } : null;
};

export class Tour {
  constructor(app) {
    this.app = app;
    this.ticked = new Set(JSON.parse(sessionStorage.getItem(DONE) ?? '[]'));
    /** What the gesture of the present step has had so far, and a step whose state is yet unknown. */
    this.seen = new Set();
    this.pending = false;
    this.buttons = Object.values(STEPS).map((step, i) => h('button', { type: 'button', class: 'stop', onclick: () => this.go(i) }, String(i + 1)));
    this.title = h('h2', { tabindex: '-1' });
    this.sentence = h('p', { class: 'says', role: 'status' });
    this.how = h('span', {});
    this.there = button('to it ↓', 'To the place where this gesture is made', () => this.#toPlace(), { class: 'small', hidden: true });
    this.text = h('div', { class: 'step', hidden: true }, this.title, this.sentence, h('p', { class: 'how' }, this.how, ' ', this.there));
    this.invitation = h('span', { class: 'muted' });
    this.next = button('next ›', 'To the next gesture that this run shows', () => this.#next(), { class: 'small', hidden: true });
    this.root = h('section', { class: 'tour', 'aria-label': 'Tour: six gestures', hidden: true },
      h('div', { class: 'bar' }, h('strong', {}, 'Tour'), h('ol', {}, this.buttons.map((b) => h('li', {}, b))), this.invitation, this.next, h('span', { class: 'space' }), button('×', 'Leave the tour (Esc)', () => this.leave(), { class: 'icon' })),
      this.text);
    this.opener = button('Tour', 'Six gestures that teach the paper (U)', () => this.toggle(), { 'aria-expanded': 'false' });
    addEventListener('keydown', (e) => {
      if (e.key === 'Escape' && !e.defaultPrevented && !this.root.hidden && !document.querySelector('dialog[open]') && app.runs.root.hidden) this.leave();
    });
  }

  /** What the tour's run shows; null while it is computed. */
  #answer() {
    const id = this.at?.run ?? this.app.store.get().main;
    return id ? this.app.data.tour(id) : null;
  }

  toggle() {
    if (!this.root.hidden) return this.leave();
    sessionStorage.removeItem(LEFT);
    this.app.store.touch('tour');
    this.root.hidden = false;
    this.buttons[0].focus();
  }

  leave() {
    sessionStorage.setItem(LEFT, 'yes');
    const inside = this.root.contains(document.activeElement);
    this.app.store.set({ tour: null });
    this.app.store.touch('tour');
    this.#show(false);
    if (inside) this.opener.focus();
  }

  #show(on) {
    this.root.hidden = !on;
    this.opener.setAttribute('aria-expanded', String(on));
  }

  /** Takes the page to a step's state; one that this run does not show says why and changes nothing. */
  go(i) {
    const { store } = this.app;
    const run = this.at?.run ?? store.get().main;
    if (!run) return;
    const gesture = this.app.data.tour(run)?.gestures[i];
    store.set({ tour: `${i + 1}:${run}`, ...(gesture?.offered ? patch(gesture, run, store.get()) : {}) });
    this.seen = new Set();
    this.pending = !gesture;
    // From a button Space would press that again; from here it plays, and what is new is read out.
    this.text.hidden = false;
    this.title.focus({ preventScroll: true });
    this.fresh = true;
  }

  /** On a narrow page the words of a step may lie below its edge. */
  #inSight() {
    this.fresh = false;
    if (this.text.getBoundingClientRect().bottom > innerHeight - STRIP) this.root.scrollIntoView({ block: 'start' });
  }

  #toPlace() {
    const place = this.app.main.querySelector(Object.values(STEPS)[this.at.at].place);
    place?.scrollIntoView({ block: 'center' });
    (place?.matches('[tabindex]') ? place : place?.querySelector('[tabindex="0"], button'))?.focus({ preventScroll: true });
  }

  #next() {
    const gestures = this.#answer()?.gestures ?? [];
    const from = this.at?.at ?? -1;
    const to = gestures.findIndex((g, i) => i > from && g.offered);
    if (to >= 0) this.go(to);
    else this.leave();
  }

  /** @param {Set<string>} changed */
  update(state, changed) {
    this.at = parse(state.tour);
    if (this.at && !this.app.data.row(this.at.run)) this.at = null;
    const open = Boolean(this.at) || !sessionStorage.getItem(LEFT);
    this.#show(open && state.view !== 'glossary' && Boolean(state.main));
    if (this.root.hidden) return;
    const gestures = this.#answer()?.gestures ?? [];
    const gesture = this.at ? gestures[this.at.at] : null;
    if (gesture) this.#tick(gesture, state);
    // A frame of scrubbing touches no element here.
    if ([...changed].some((k) => !QUICK.has(k))) this.#words(state, gestures, gesture);
  }

  #words(state, gestures, gesture) {
    this.#marks(gestures);
    this.#invite(gestures);
    this.text.hidden = !this.at;
    if (!this.at) return;
    const row = this.app.data.row(this.at.run);
    const step = Object.values(STEPS)[this.at.at];
    say(this.title, `${this.at.at + 1} · ${step.name}`);
    say(this.sentence, gesture ? gesture.sentence : `What ${runName(row)} shows is being computed.`);
    say(this.how, !gesture ? '' : !gesture.offered ? `${runName(row)} does not show this gesture.` : this.ticked.has(this.#key(this.at.at)) ? 'Done.' : step.how(gesture));
    this.there.hidden = !gesture?.offered || gesture.kind === 'SWAP';
    if (!gesture) return;
    if (this.pending) this.#arrive(gesture);
    else if (this.fresh) this.#inSight();
    this.#outline(gesture, state);
  }

  /** The answer came after the step was chosen. */
  #arrive(gesture) {
    this.pending = false;
    if (gesture.offered) this.app.store.set(patch(gesture, this.at.run, this.app.store.get()));
  }

  #key(i) {
    return `${this.at?.run ?? this.app.store.get().main}.${i}`;
  }

  #marks(gestures) {
    this.buttons.forEach((b, i) => {
      const step = Object.values(STEPS)[i];
      const g = gestures[i];
      const done = this.ticked.has(this.#key(i));
      const what = !g ? '' : !g.offered ? ', not in this run' : done ? ', done' : '';
      const label = `${i + 1}: ${step.name}${what}`;
      if (b.title !== label) Object.assign(b, { title: label, ariaLabel: label });
      say(b, g?.offered && done ? '✓' : String(i + 1));
      b.classList.toggle('none', Boolean(g) && !g.offered);
      if (this.at?.at === i) b.setAttribute('aria-current', 'step');
      else b.removeAttribute('aria-current');
    });
  }

  #invite(gestures) {
    const answer = gestures.length > 0;
    const offered = gestures.filter((g) => g.offered).length;
    const left = gestures.findIndex((g, i) => i > (this.at?.at ?? -1) && g.offered);
    say(this.invitation, this.at ? '' : !answer ? 'What this run shows is being computed.' : offered ? `${offered} of six gestures that this run shows` : 'This run shows none of the six gestures; each number says why.');
    this.next.hidden = !answer || !offered;
    say(this.next, !this.at ? 'begin ›' : left < 0 ? 'end' : 'next ›');
  }

  /** Ticks the step off once its gesture was made, as far as the state tells. */
  #tick(gesture, state) {
    const key = this.#key(this.at.at);
    if (this.pending || this.ticked.has(key) || !gesture.offered || !made(gesture, state, this.seen, this.app)) return;
    this.ticked.add(key);
    sessionStorage.setItem(DONE, JSON.stringify([...this.ticked]));
    this.app.store.touch('tour');
  }

  /** The second A, where the words of its sequence are shown. */
  #outline(gesture, state) {
    const position = state.text === gesture.state.text && state.view === gesture.state.view ? gesture.numbers.position ?? gesture.state.token : null;
    for (const word of this.app.main.querySelectorAll('.word')) word.classList.toggle('toured', word.getAttribute('data-i') === String(position));
  }
}

/** The page's state where a gesture begins: nothing switched, the tour's own run, the word not yet lit. */
function patch(gesture, run, state) {
  const { view, step, text, head, token, zoom } = gesture.state;
  const is = (v, other) => (v === undefined ? other : v);
  return {
    main: run,
    runs: state.runs.includes(run) ? state.runs : [run, ...state.runs].slice(0, MOST_RUNS),
    view,
    step,
    text: is(text, state.text),
    head: is(head, state.head),
    token: gesture.kind === 'HOVER' ? null : is(token, null),
    zoom: is(zoom, null),
    edits: [],
    beside: null,
    pin: null,
    ...(gesture.kind === 'CUT' ? { part: 'circuit' } : {}),
  };
}

/** @param {Set<string>} seen what this gesture has had so far */
function made(gesture, state, seen, app) {
  const { numbers, state: there } = gesture;
  switch (gesture.kind) {
    case 'DRAG':
      return state.main === app.tour.at.run && state.step >= Math.round(numbers.end);
    case 'HOVER': {
      const at = String(state.hoverToken ?? '').split('|')[0] || String(state.token ?? '');
      return state.text === there.text && at === String(numbers.position);
    }
    case 'SWITCH':
      return there.off.every((head) => state.edits.includes(head));
    case 'SWAP':
      seen.add(state.main);
      return there.swaps.every((id) => seen.has(id));
    case 'CUT':
      return state.edits.some((word) => numbers.receivers.some((to) => word === `${numbers.from}-${to}.K`));
    case 'PLAY':
      if (app.cursor.playing) seen.add('played');
      return state.main === app.tour.at.run && state.step >= numbers.until && (seen.has('played') || Cursor.reducedMotion);
    default:
      return false;
  }
}
