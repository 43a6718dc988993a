/**
 * What has been fetched, as typed arrays. A view asks for what it draws; what is not there yet is
 * fetched once, and the view is drawn again when it came. Rows of a run that goes on are appended.
 */
import * as api from './api.js';
import { Film } from './film.js';
import { warp } from './scale.js';
import { parseSequence } from './sequence.js';

const FILMS_KEPT = 8;
const FILMS_IN_VIEW = 4;
const FILM_BYTES = 96 << 20;
const RATE = 2000;
const SLOW_RATE = 10000;

/** One curve of one run: the rows that have it. */
export class Column {
  constructor() {
    this.n = 0;
    this.next = 0;
    this.steps = new Float64Array(64);
    this.y = new Float32Array(64);
    this.warped = null;
    this.warpedFor = '';
  }

  append(steps, y) {
    let n = this.n;
    if (n + steps.length > this.steps.length) this.#grow(n + steps.length);
    for (let i = 0; i < steps.length; i++) {
      if (Number.isNaN(y[i])) continue;
      this.steps[n] = steps[i];
      this.y[n++] = y[i];
    }
    this.n = n;
    this.warpedFor = '';
  }

  /** The rows' places on the axis, kept until the axis or the rows change. */
  places(axis, perStep) {
    const key = `${axis.log}|${axis.offset}|${perStep}|${this.n}`;
    if (this.warpedFor !== key) {
      this.warped = new Float64Array(this.n);
      for (let i = 0; i < this.n; i++) this.warped[i] = warp(axis, this.steps[i] * perStep);
      this.warpedFor = key;
    }
    return /** @type {Float64Array} */ (this.warped);
  }

  #grow(least) {
    const size = Math.max(least, 2 * this.steps.length);
    const [steps, y] = [new Float64Array(size), new Float32Array(size)];
    steps.set(this.steps.subarray(0, this.n));
    y.set(this.y.subarray(0, this.n));
    this.steps = steps;
    this.y = y;
  }
}

export class Data {
  constructor(store) {
    this.store = store;
    this.home = null;
    this.rows = new Map();
    /** How often a thing was asked for, and which of these answers is shown. */
    this.tries = new Map();
    this.shown = new Map();
    /** How many rows of a run the server told of last. */
    this.told = new Map();
    this.columns = new Map();
    this.wanted = new Map();
    this.values = new Map();
    this.pending = new Set();
    this.films = new Map();
    this.timers = new Map();
    this.asked = new Map();
    this.glossaryRows = null;
    this.follow = null;
    this.followed = '';
    this.connection = 'open';
    /** @type {((job: any) => void)|null} hears of processes that were started from the page */
    this.onJob = null;
    /** @type {(() => void)|null} hears that events are told from now on; some may not have been */
    this.onOpen = null;
  }

  async loadHome() {
    const isLatest = this.#asking('home');
    const home = await api.json('home');
    if (!isLatest()) return this.home;
    this.home = home;
    const before = this.rows;
    this.rows = new Map([...this.home.runs, ...(this.home.models ?? [])].map((r) => [r.id, r]));
    // What a run says of itself changes when it ends, also without a row after that.
    for (const { id, state } of this.home.runs) if (before.get(id)?.state !== state && this.values.has(`${id}|details`)) this.#fetch(`${id}|details`, () => api.json(`runs/${id}`));
    this.store.touch('home');
    return this.home;
  }

  /** What stands under an id: a run, or a model on disk (`model` is true). */
  row(id) {
    return this.rows.get(id) ?? null;
  }

  /** @returns {Column|null} */
  column(id, key) {
    const run = this.columns.get(id);
    const column = run?.get(key);
    if (!column && this.rows.has(id)) this.#want(id, key);
    return column ?? null;
  }

  details(id) {
    return this.#value(id, 'details', () => api.json(`runs/${id}`));
  }

  /** Which of the tour's gestures a run shows, and with which numbers. */
  tour(id) {
    return this.#value(id, 'tour', () => api.json(`runs/${id}/tour`));
  }

  heads(id, key) {
    return this.#value(id, `heads.${key}`, () => api.heads(id, key));
  }

  /** What its watch told of a run, in order; of one that is not watched nothing. */
  watched(id) {
    return this.#value(id, 'watch', () => api.json(`runs/${id}/watch`))?.events ?? [];
  }

  lossByIndex(id) {
    return this.#value(id, 'index', () => api.lossByIndex(id));
  }

  /** The tokens of a sequence: `names[i]` is shown, `tokens[i]` is the id. */
  text(id, text) {
    const { tokens, kind, n } = parseSequence(text);
    if (tokens) return this.#typed(id, tokens);
    return this.#value(id, `text.${text}`, () => api.json(`runs/${id}/text?kind=${kind}&n=${n}`));
  }

  #typed(id, tokens) {
    const details = this.details(id);
    return details && { tokens, names: tokens.map((t) => details.tokenNames[t] ?? `#${t}`), kind: 'tokens', n: 0, of: 1 };
  }

  /**
   * @param {string|null} [head] that head alone
   * @param {number|null} [only] that step alone, which is at hand on the server
   * @returns {Film|null}
   */
  film(id, text, head = null, only = null) {
    const { weighted, step } = this.store.get();
    const key = `${id}|${text}|${head ?? ''}|${weighted}|${only ?? ''}`;
    let film = this.films.get(key);
    if (film) {
      this.films.delete(key);
      this.films.set(key, film);
      this.#renew(key, film);
    }
    // Where the cursor will stand is not known before the run's details are: the film begins there.
    if (!film && (step !== null || only !== null) && this.rows.has(id)) {
      film = new Film({ id, text, head, only, weighted: Boolean(weighted), near: step }, () => this.store.touch('data'));
      this.films.set(key, film);
      film.start().catch((e) => this.#failed(e));
      this.#dropFilms();
    }
    return film ?? null;
  }

  /** A run that goes on has new checkpoints: its film is fetched again, and shown when it is whole. */
  #renew(key, film) {
    const last = this.values.get(`${film.id}|details`)?.checkpoints?.at(-1) ?? 0;
    if (film.only !== null || film.ready < film.count || film.renewing || last <= film.steps[film.count - 1] || performance.now() - film.began < SLOW_RATE) return;
    const { id, text, head, weighted } = film;
    film.renewing = new Film({ id, text, head, only: null, weighted, near: this.store.get().step ?? last }, () => {});
    film.renewing.start().then(() => {
      this.films.set(key, film.renewing);
      this.store.touch('data');
    }, (e) => this.#failed(e));
  }

  /** Those that were not looked at for longest go first; the two or three in view stay. */
  #dropFilms() {
    const bytes = (film) => (film.patterns?.length ?? 0) + (film.renewing?.patterns?.length ?? 0);
    let sum = 0;
    for (const film of this.films.values()) sum += bytes(film);
    for (const [key, film] of this.films) {
      if (this.films.size <= FILMS_IN_VIEW || (sum <= FILM_BYTES && this.films.size <= FILMS_KEPT)) return;
      film.stop();
      sum -= bytes(film);
      this.films.delete(key);
    }
  }

  glossary() {
    if (!this.glossaryRows && !this.pending.has('glossary')) {
      this.pending.add('glossary');
      api.json('glossary').then((rows) => {
        this.glossaryRows = rows;
        this.store.touch('data');
      }, (e) => this.#failed(e));
    }
    return this.glossaryRows;
  }

  #value(id, name, fetch) {
    const key = `${id}|${name}`;
    if (!this.values.has(key) && !this.pending.has(key) && this.rows.has(id)) this.#fetch(key, fetch);
    return this.values.get(key) ?? null;
  }

  /** @returns {() => boolean} to be asked once when the answer is there: whether no later one was faster */
  #asking(key) {
    const asked = (this.tries.get(key) ?? 0) + 1;
    this.tries.set(key, asked);
    return () => {
      if (asked < (this.shown.get(key) ?? 0)) return false;
      this.shown.set(key, asked);
      return true;
    };
  }

  #fetch(key, fetch) {
    this.pending.add(key);
    const isLatest = this.#asking(key);
    fetch().then(
      (value) => {
        if (!isLatest()) return;
        this.values.set(key, value);
        this.pending.delete(key);
        this.store.touch('data');
      },
      // What failed is not asked for again in each frame; a change of the run does.
      (e) => this.#failed(e),
    );
  }

  #failed(error) {
    if (error.name === 'AbortError') return;
    this.store.set({ error: { message: error.message, remedy: error.remedy ?? '', where: error.where ?? '' } });
  }

  /** Gathers the columns that one frame asks for into one request a run. */
  #want(id, key) {
    if (this.pending.has(`${id}|series.${key}`)) return;
    this.pending.add(`${id}|series.${key}`);
    if (!this.wanted.size) queueMicrotask(() => this.#fetchWanted());
    if (!this.wanted.has(id)) this.wanted.set(id, []);
    this.wanted.get(id).push(key);
  }

  #fetchWanted() {
    const wanted = this.wanted;
    this.wanted = new Map();
    for (const [id, keys] of wanted) this.#append(id, keys, 0).catch((e) => this.#failed(e));
  }

  async #append(id, keys, from) {
    const told = this.told.get(id);
    const part = await api.series(id, keys, from);
    if (part.next < from) return this.#forget(id);
    if (!this.columns.has(id)) this.columns.set(id, new Map());
    const run = this.columns.get(id);
    keys.forEach((key, k) => {
      if (!run.has(key)) run.set(key, new Column());
      const column = run.get(key);
      if (column.next !== from) return;
      column.append(part.steps, part.columns[k]);
      column.next = part.next;
    });
    const row = this.row(id);
    if (row && part.rows) this.#grown(row, part.steps[part.rows - 1]);
    this.store.touch('data');
    // What was told meanwhile found no column that it could be added to.
    if (this.told.get(id) !== told) await this.refresh(id);
  }

  /** A cursor that stands at the end of a run that goes on stays at its end. */
  #grown(row, step) {
    const state = this.store.get();
    if (state.main === row.id && state.step !== null && step > row.step && state.step >= row.step) this.store.set({ step });
    row.step = Math.max(row.step, step);
  }

  /** The log was cut, as when a killed run is resumed: everything is asked for again. */
  #forget(id) {
    this.columns.delete(id);
    for (const set of [this.values, this.pending]) for (const key of [...set.keys()]) if (key.startsWith(`${id}|`)) set.delete(key);
    this.store.touch('data');
  }

  /** Fetches what is new of a run, and again what is not kept in rows, at most every two seconds. */
  async refresh(id) {
    const run = this.columns.get(id);
    const groups = new Map();
    for (const [key, column] of run ?? []) groups.set(column.next, [...(groups.get(column.next) ?? []), key]);
    for (const [from, keys] of groups) await this.#append(id, keys, from);
    if (this.timers.has(id)) return;
    this.timers.set(id, setTimeout(() => {
      this.timers.delete(id);
      this.#again(id);
    }, RATE));
  }

  #again(id) {
    for (const key of this.values.keys()) {
      const [run, name] = key.split('|');
      if (run !== id || name.startsWith('text') || this.pending.has(key)) continue;
      if (name === 'details' && performance.now() - (this.asked.get(id) ?? 0) > SLOW_RATE) {
        this.asked.set(id, performance.now());
        this.#fetch(key, () => api.json(`runs/${id}`));
      }
      if (name === 'index') this.#fetch(key, () => api.lossByIndex(id));
      if (name === 'watch') this.#fetch(key, () => api.json(`runs/${id}/watch`));
      if (name.startsWith('heads.')) this.#fetch(key, () => api.heads(id, name.slice(6)));
    }
  }

  /** Follows the runs that are drawn; a change of the list begins a new stream. */
  listen(ids) {
    const key = [...ids].sort().join();
    if (this.follow && key === this.followed) return;
    const again = Boolean(this.follow);
    this.follow?.abort();
    this.followed = key;
    this.follow = new AbortController();
    api.events(ids, (name, data) => this.#told(name, data, again), this.follow.signal);
  }

  /** @param {boolean} again whether another stream was given up for this one: what was told in between is asked for */
  #told(name, data, again) {
    if (name === 'rows') this.told.set(data.id, data.rows);
    if (name === 'rows' && data.restarted) this.#forget(data.id);
    else if (name === 'rows') this.refresh(data.id).catch((e) => this.#failed(e));
    if (name === 'job') this.onJob?.(data);
    if (name === 'runs') this.loadHome().catch((e) => this.#failed(e));
    if (name !== 'state') return;
    const missed = again || this.connection === 'lost';
    this.connection = data;
    this.store.touch('connection');
    if (data !== 'open') return;
    // Lists may have changed between their first reading and the stream's beginning.
    this.loadHome().catch((e) => this.#failed(e));
    this.onOpen?.();
    if (!missed) return;
    for (const id of this.columns.keys()) this.refresh(id).catch((e) => this.#failed(e));
  }
}
