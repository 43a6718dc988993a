/** Starts the page: puts its parts together, finds which run to show, and draws what changed. */
import { ApiError, takeToken } from './api.js';
import { AttentionView } from './attention.js';
import { CausesView } from './causes.js';
import { Cards, GlossaryView } from './cards.js';
import { Control } from './control.js';
import { Cursor } from './cursor.js';
import { Data } from './data.js';
import { button, fill, h, say, segments } from './dom.js';
import { Exact } from './exact.js';
import { Export } from './export.js';
import { HeadsView } from './heads.js';
import { chosenScheme, setScheme, showScheme, watchScheme } from './ink.js';
import { Keys } from './keys.js';
import { Lab } from './lab.js';
import { inside } from './offline.js';
import { RunView } from './run.js';
import { Runs } from './runs.js';
import { isOwn } from './sequence.js';
import { createStore, DEFAULTS, MOST_RUNS } from './store.js';
import { about, StartView } from './start.js';
import { spoken, Strip } from './strip.js';
import { StudyView } from './study.js';
import { TimeView } from './time.js';
import { Tour } from './tour.js';
import { headName, keepSlots, parseHead, runName, slotOf, variantsOf } from './training.js';
import * as url from './url.js';

const VIEWS = [['time', 'Time'], ['heads', 'Heads'], ['attention', 'Attention'], ['causes', 'Causes'], ['run', 'Run'], ['glossary', 'Glossary'], ['study', 'Study'], ['start', 'Train']];
/** Views of a run's training. */
const OF_TRAINING = new Set(['time', 'heads', 'run']);
/** Views that need no run. */
const WITHOUT_RUNS = new Set(['glossary', 'study', 'start']);
const SPEAK_MS = 500;

class App {
  constructor() {
    this.store = createStore({ ...url.read(url.here()), hoverStep: null, error: null });
    this.data = new Data(this.store);
    this.cursor = new Cursor(this.store, this.data);
    this.exact = new Exact(this);
    this.lab = new Lab(this);
    this.cards = new Cards(this);
    this.keys = new Keys(this);
    this.runs = new Runs(this);
    this.control = new Control(this);
    this.strip = new Strip(this);
    this.tour = new Tour(this);
    this.export = new Export(this);
    this.views = { time: new TimeView(this), heads: new HeadsView(this), attention: new AttentionView(this), causes: new CausesView(this), run: new RunView(this), glossary: new GlossaryView(this), study: new StudyView(this), start: new StartView(this) };
    this.data.onJob = (job) => this.control.told(job);
    this.data.onOpen = inside ? null : () => this.control.load().catch((e) => this.control.failed(e));
    this.shown = null;
    this.#build();
  }

  #build() {
    const { store } = this;
    this.tabs = h('nav', { 'aria-label': 'Views' }, VIEWS.map(([view, text]) =>
      h('a', { href: `?view=${view}`, 'data-view': view, onclick: (e) => this.#go(e, view) }, text)));
    this.openRuns = button('Runs', 'Choose runs (R)', () => this.runs.toggle(), { class: 'runs-button', 'aria-expanded': 'false' });
    this.scheme = segments('Colours', [{ value: 'auto', text: 'auto' }, { value: 'light', text: 'light' }, { value: 'dark', text: 'dark' }], (v) => {
      setScheme(v);
      this.scheme.show(v);
      store.touch('scheme');
    });
    this.scheme.show(chosenScheme());
    this.sentence = h('section', { class: 'sentence', 'aria-label': 'The run in a sentence' });
    this.question = h('p', { class: 'question' });
    this.swapBar = h('div', { class: 'segments', role: 'group', 'aria-label': 'Swap the run', hidden: true });
    this.exampleLine = h('section', { class: 'example', 'aria-label': 'Recorded example', hidden: true });
    this.badge = h('span', { class: 'badge', role: 'status' });
    this.live = h('div', { class: 'hidden', 'aria-live': 'polite' });
    this.toast = h('div', { class: 'toast', role: 'alert', hidden: true });
    this.main = h('main', { id: 'main', tabindex: '-1' });
    fill(document.body,
      h('a', { class: 'skip', href: '#main', onclick: (e) => { e.preventDefault(); this.main.focus(); } }, 'To the figures'),
      h('header', { class: 'top' }, h('h1', {}, 'Refrain'), this.openRuns, this.tabs, h('span', { class: 'space' }), this.badge, this.control.stopButton, this.tour.opener, button('Save', 'Save this view as one file that opens without a server', () => this.export.open(), { class: 'small', hidden: inside !== null }), this.scheme, button('?', 'Keyboard (?)', () => this.keys.show(), { class: 'icon' })),
      this.control.root, h('section', { class: 'opening', 'aria-label': 'The study' }, this.question, this.swapBar), this.exampleLine, this.sentence, this.tour.root, this.runs.root, this.main, this.strip.root, this.live, this.toast, this.cards.root, this.keys.root, this.export.root);
  }

  /** A view's link is an address, for the middle button; a plain click changes the state. */
  #go(event, view) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.store.set({ view });
  }

  async start() {
    showScheme();
    watchScheme(() => this.store.touch('scheme'));
    if (!takeToken()) return this.#locked();
    this.strip.root.hidden = true;
    fill(this.main, h('p', { class: 'words', role: 'status' }, 'The runs are being read …'));
    try {
      await this.data.loadHome();
    } catch (e) {
      return e instanceof ApiError && e.status === 401 ? this.#locked() : this.#broken(e);
    }
    url.follow(this.store);
    this.store.subscribe(null, (state, changed) => this.#update(state, changed));
    addEventListener('resize', () => this.store.touch('size'));
    this.#choose();
    this.store.touch('home');
    if (!inside) this.control.load().catch((e) => this.control.failed(e));
  }

  /** The run that opens: that of the address, of a study, or the one that learnt most in context. */
  #choose() {
    const { store, data } = this;
    const state = store.get();
    if (data.row(state.main)) return this.#complete(state.main);
    const study = data.home.studies.find((s) => data.row(s.run));
    const best = [...data.home.runs].sort((a, b) => (a.icl ?? 0) - (b.icl ?? 0))[0];
    const main = study?.run ?? best?.id;
    const model = data.home.models[0]?.id;
    if (!main && model) {
      this.choose(model);
      return this.#complete(model);
    }
    if (!main) return;
    const beside = study?.beside ?? null;
    store.set({ main, beside: state.beside ?? beside, runs: state.runs.filter((id) => data.row(id)).length ? state.runs : this.#seedsOf([main, beside]) });
    this.#complete(main);
  }

  /** All seeds of the runs' variants: what one would compare first. */
  #seedsOf(ids) {
    const variants = new Set(ids.map((id) => this.data.row(id)?.variant).filter(Boolean));
    const rows = this.data.home.runs.filter((r) => ids.includes(r.id) || (r.variant && variants.has(r.variant)));
    return rows.sort((a, b) => Number(ids.includes(b.id)) - Number(ids.includes(a.id))).map((r) => r.id).slice(0, MOST_RUNS);
  }

  /** Puts the cursor at the end of the window, where the address did not say a step. */
  #complete(main) {
    const { store, data } = this;
    if (!data.row(main).model && !store.get().runs.includes(main)) store.set({ runs: [main, ...store.get().runs].slice(0, MOST_RUNS) });
    if (store.get().step === null) this.toEnd = main;
    data.details(main);
  }

  #placeCursor() {
    const details = this.toEnd && this.data.details(this.toEnd);
    if (!details) return;
    this.toEnd = null;
    if (this.store.get().step === null) this.cursor.to(details.window?.end ?? details.step);
  }

  /** Makes a run the one of the cursor; it is drawn from then on. */
  choose(id) {
    const { runs, view, text } = this.store.get();
    const row = this.data.row(id);
    const before = this.data.row(this.store.get().main);
    if (before && before !== row && (row?.model || before.model)) {
      // Tokens, heads and switches of another vocabulary and shape say nothing here.
      this.store.set({ text: isOwn(text) ? DEFAULTS.text : text, token: null, head: null, edits: [], pin: null, beside: null, step: row.step });
    }
    if (row?.model) return this.store.set({ main: id, view: OF_TRAINING.has(view) ? 'causes' : view });
    this.store.set({ main: id, runs: runs.includes(id) ? runs : [id, ...runs].slice(0, MOST_RUNS) });
  }

  /** The study of the main run, if it says which variants are swapped. */
  #study() {
    const { data } = this;
    const row = data.row(this.store.get().main);
    const of = (s) => s.name === row?.study && (s.path === '.' || row.path.startsWith(`${s.path}/`));
    return data.home?.studies.findLast(of) ?? null;
  }

  /** Runs of the study's swapped variants, at the seed of the main run where there is one. */
  swaps() {
    const study = this.#study();
    const main = this.data.row(this.store.get().main);
    if (!study?.swaps?.length || !main) return [];
    const runs = this.data.home.runs.filter((r) => r.study === main.study && (study.path === '.' || r.path.startsWith(`${study.path}/`)));
    return study.swaps.map((variant) => {
      const mine = runs.filter((r) => variantsOf(r).includes(variant)).sort((a, b) => a.seed - b.seed);
      return { variant, row: mine.find((r) => r.seed === main.seed) ?? mine[0] ?? null };
    }).filter((s) => s.row);
  }

  /** Puts a variant's run in the place of the main one, at the same step. */
  swap(variant) {
    const to = this.swaps().find((s) => s.variant === variant);
    if (to) this.choose(to.row.id);
  }

  nextSwap(direction) {
    const all = this.swaps();
    if (!all.length) return;
    const at = all.findIndex((s) => s.row.id === this.store.get().main);
    this.swap(all[(at + direction + all.length) % all.length].variant);
  }

  #showSwaps() {
    const all = this.swaps();
    const { main } = this.store.get();
    this.swapBar.hidden = all.length < 2;
    fill(this.swapBar, all.map((s) => button(s.variant, `Put ${runName(s.row)} in its place, at the same step (V)`, () => this.swap(s.variant), { 'data-key': `swap ${s.variant}`, 'aria-pressed': String(s.row.id === main) })));
  }

  nextHead(direction) {
    const row = this.data.row(this.store.get().main);
    if (!row) return;
    const at = parseHead(this.store.get().head) ?? { layer: 0, head: direction > 0 ? -1 : 0 };
    const count = row.layers * row.heads;
    const next = (at.layer * row.heads + at.head + direction + count) % count;
    this.store.set({ head: headName(Math.floor(next / row.heads), next % row.heads) });
  }

  notify(message) {
    this.store.set({ error: { message, remedy: '', where: '' } });
  }

  /** @param {Set<string>} changed */
  #update(state, changed) {
    const started = performance.now();
    const rows = state.runs.map((id) => this.data.row(id)).filter(Boolean);
    const main = this.data.row(state.main);
    if (changed.has('runs') || changed.has('home')) {
      keepSlots(rows);
      rows.forEach(slotOf);
      if (!main && this.data.rows.size) this.#choose();
      this.data.listen(rows.filter((r) => r.state === 'running').map((r) => r.id));
    }
    if (changed.has('data') || changed.has('home')) this.#placeCursor();
    this.#showView(state);
    this.control.update(state, changed);
    if (!rows.length && !main?.model && !WITHOUT_RUNS.has(state.view)) return this.#empty(state.view);
    if (main?.model && OF_TRAINING.has(state.view)) return this.#untrained(main, state, changed);
    if (this.emptyFor) {
      this.emptyFor = this.shown = null;
      this.#showView(state);
    }
    this.views[state.view].update(state, changed);
    this.strip.update(state, changed);
    if (!main?.model) this.tour.update(state, changed);
    this.sentence.hidden = WITHOUT_RUNS.has(state.view);
    this.strip.root.hidden = this.sentence.hidden || Boolean(main?.model);
    this.tour.opener.hidden = inside !== null || Boolean(main?.model);
    if (main?.model) this.tour.root.hidden = true;
    if ([...changed].some((k) => k !== 'hoverStep')) this.#words(state, changed);
    if (changed.has('home') || changed.has('runs') || changed.has('main') || changed.has('beside')) {
      this.runs.update();
      this.#showSwaps();
    }
    performance.measure('refrain.frame', { start: started, detail: [...changed].join() });
  }

  /** Why a view of training has nothing of a model on disk, and where something is. */
  #untrained(model, state, changed) {
    this.emptyFor = `${state.view} of a model`;
    const title = VIEWS.find(([v]) => v === state.view)?.[1];
    fill(this.main, h('section', { class: 'view words', 'aria-label': title },
      h('h2', {}, `${title} is of runs`),
      h('p', {}, `${model.name} is a model on disk: it has one state, and nobody recorded how it was trained. What it does with a sentence is in `,
        h('a', { href: '?view=causes', onclick: (e) => this.#go(e, 'causes') }, 'Causes'), ', where all heads look in ',
        h('a', { href: '?view=attention', onclick: (e) => this.#go(e, 'attention') }, 'Attention'), '.')));
    this.strip.root.hidden = true;
    this.#words(state, changed);
    this.runs.update();
  }

  #showView(state) {
    if (this.shown === state.view) return;
    this.shown = state.view;
    fill(this.main, this.views[state.view].root);
    for (const link of this.tabs.children) {
      const here = link.getAttribute('data-view') === state.view;
      if (here) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    const title = VIEWS.find(([v]) => v === state.view)?.[1];
    document.title = `${title} · Refrain`;
    this.store.touch('view');
  }

  #words(state, changed) {
    const row = this.data.row(state.main);
    const details = state.main ? this.data.details(state.main) : null;
    this.#showExample(row);
    const study = this.#study();
    say(this.question, study ? [study.question ?? study.title, tallied(study)].filter(Boolean).join(' ') : '');
    say(this.sentence, details?.sentence || runName(row));
    say(this.openRuns, row?.model ? 'Runs and models' : `Runs · ${state.runs.length}`);
    const live = state.runs.some((id) => this.data.row(id)?.state === 'running');
    say(this.badge, { lost: 'connection lost, trying again', refused: 'the server was started anew: open the address that it printed' }[this.data.connection] ?? (inside ? `saved ${inside.made.slice(0, 16).replace('T', ' ')}` : live ? '● live' : ''));
    this.badge.classList.toggle('lost', this.data.connection !== 'open');
    if (changed.has('error')) this.#showError(state.error);
    if (!changed.has('step')) return;
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => say(this.live, this.cursor.playing ? '' : spoken(this)), SPEAK_MS);
  }

  /** What is shown is no run of one's own, and how to get one. */
  #showExample(row) {
    this.exampleLine.hidden = !row?.example;
    const key = `${this.views.start.first?.seconds} ${this.control.may} ${this.control.awaited}`;
    if (!row?.example || this.exampleFor === key) return;
    this.exampleFor = key;
    fill(this.exampleLine,
      h('p', {}, h('strong', {}, 'A recorded example'), `: these runs came with Refrain, which trained them. The folder ${this.data.home.folder} has none yet; one of your own appears here by itself, while it learns.`),
      this.#trainNow());
  }

  /** How a first run is made. */
  #trainNow() {
    const first = this.views.start.first;
    return [
      this.control.may && h('div', { class: 'bar' },
        button(`Train one now${first?.seconds ? `, ${about(first.seconds)}` : ''}`, 'Train the first preset and follow it', () => this.views.start.startFirst(), { class: 'go', disabled: this.control.awaited !== null }),
        h('a', { href: '?view=start', onclick: (e) => this.#go(e, 'start') }, 'choose what'),
        h('a', { href: '?view=study', onclick: (e) => this.#go(e, 'study') }, 'or run the whole study')),
      h('p', {}, 'On the terminal: ', h('code', {}, './refrain train'), ', or the whole study: ', h('code', {}, './refrain reproduce')),
    ];
  }

  #showError(error) {
    this.toast.hidden = !error;
    if (!error) return;
    fill(this.toast, h('span', {}, [error.where, error.message].filter(Boolean).join(': '), error.remedy ? `. ${error.remedy}` : ''),
      button('×', 'Close this message', () => this.store.set({ error: null }), { class: 'icon' }));
  }

  #empty(view) {
    const key = `${view} ${this.views.start.first?.seconds} ${this.control.may} ${this.control.awaited}`;
    if (this.emptyFor === key) return;
    this.emptyFor = key;
    this.strip.root.hidden = true;
    fill(this.main, h('section', { class: 'view words' },
      h('h2', {}, `No runs and no models in ${this.data.home.folder} yet`),
      this.data.home.exampleMissing && h('p', {}, this.data.home.exampleMissing),
      h('p', {}, 'One that is trained appears here by itself, while it learns.'),
      this.#trainNow(),
      h('p', {}, 'What the words mean is in the ', h('a', { href: '?view=glossary', onclick: (e) => this.#go(e, 'glossary') }, 'glossary'), '.')));
    this.data.listen([]);
  }

  #locked() {
    fill(this.main, h('section', { class: 'view words' },
      h('h2', {}, 'This address has no key'),
      h('p', {}, 'The server of Refrain answers only who started it. Open the address that it printed in the terminal; it ends in #token=… . Or put that ending behind the present address, and this very view opens:'),
      h('pre', {}, h('code', {}, `${location.origin}/${location.search}#token=…`)),
      h('p', {}, 'No server runs any more? Start one:'), h('pre', {}, h('code', {}, './refrain serve'))));
    addEventListener('hashchange', () => location.reload());
  }

  #broken(error) {
    fill(this.main, h('section', { class: 'view words' }, h('h2', {}, 'The server does not answer as it should'), h('p', {}, error.message), h('p', {}, error.remedy ?? ''), button('Try again', 'Try again', () => location.reload())));
  }
}

/** How a study's claims came out, as its report says; "" where there is none. */
function tallied(study) {
  const count = ({ kind, claims, ...rulings }) => `of ${claims} ${kind} claims, ${Object.entries(rulings).map(([ruling, n]) => `${n} ${ruling}`).join(', ')}`;
  const all = (study.tallies ?? []).filter((t) => t.claims > 0).map(count);
  return all.length ? `Verdicts: ${all.join('; ')}.` : '';
}

const app = new App();
// For measuring from the console; see bench.js.
globalThis.refrain = app;
await app.start();
