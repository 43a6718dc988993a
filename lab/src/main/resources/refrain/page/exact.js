/**
 * Any step, exactly: what it takes to have the state of a step without a checkpoint, the replay that
 * makes it, how far that has come, and what is known of the result.
 */
import * as api from './api.js';
import { TAB } from './lab.js';

const REST_MS = 350;
const SHORT_S = 1;
const AUTO = 'refrain.replay';

/**
 * @typedef {object} Reach
 * @property {any} takes what the server says it takes; null while it is asked
 * @property {any} state what is known of the state; null until it is there
 * @property {{step: number, from: number, until: number}|null} progress of a replay
 * @property {number} before how many questions it waits for
 * @property {string} failed
 */

export class Exact {
  constructor(app) {
    this.app = app;
    /** @type {Map<string, Reach>} */
    this.reaches = new Map();
    this.timers = new Map();
    this.aborts = new Map();
  }

  get auto() {
    return localStorage.getItem(AUTO) !== 'off';
  }

  setAuto(on) {
    localStorage.setItem(AUTO, on ? 'on' : 'off');
    this.app.store.touch('exact');
  }

  /** Whether a step has a checkpoint. */
  saved(id, step) {
    return Boolean(this.app.data.details(id)?.checkpoints.includes(step));
  }

  /** @returns {Reach|null} null: nothing was asked of this step yet */
  of(id, step) {
    return this.reaches.get(`${id}|${step}`) ?? null;
  }

  /** The state of a step that is at hand; null: there is none, or it is a checkpoint. */
  state(id, step) {
    return this.of(id, step)?.state ?? null;
  }

  /** The step whose state panels show: this one where it is at hand, else the checkpoint before. */
  nearest(id, step) {
    const details = this.app.data.details(id);
    if (!details) return null;
    if (this.saved(id, step) || this.state(id, step)) return step;
    return details.checkpoints.findLast((c) => c <= step) ?? null;
  }

  /** Asks, when the cursor rests, what a step takes; makes it where that is short. */
  want(id, step) {
    if (!id || step === null || this.app.data.row(id)?.model || this.saved(id, step) || this.of(id, step)) return;
    const waiting = this.timers.get(id);
    if (waiting?.step === step) return;
    clearTimeout(waiting?.timer);
    this.timers.set(id, { step, timer: setTimeout(() => this.#look(id, step), REST_MS) });
  }

  async #look(id, step) {
    this.timers.delete(id);
    if (this.app.cursor.playing || !this.app.data.details(id) || this.of(id, step)) return;
    const reach = this.#put(id, step);
    try {
      reach.takes = await api.json(`runs/${id}/exact?step=${step}`);
      reach.state = reach.takes.state;
      const open = !reach.state || (reach.state.exactness === 'REPLAYED' && reach.state.next !== null);
      if (open && this.auto && reach.takes.seconds !== null && reach.takes.seconds < SHORT_S) return this.replay(id, step);
    } catch (e) {
      reach.failed = e.message;
    }
    this.app.store.touch('exact');
  }

  #put(id, step) {
    const reach = { takes: null, state: null, progress: null, before: 0, failed: '' };
    this.reaches.set(`${id}|${step}`, reach);
    return reach;
  }

  /** Trains again to a step; panels show it when it is there, and what it is when that is verified. */
  async replay(id, step) {
    const reach = this.of(id, step) ?? this.#put(id, step);
    if (this.aborts.has(reach)) return;
    const abort = new AbortController();
    this.aborts.set(reach, abort);
    reach.failed = '';
    reach.progress = { step: reach.takes?.from ?? 0, from: reach.takes?.from ?? 0, until: reach.takes?.until ?? step };
    this.app.store.touch('exact');
    try {
      await api.lines(`runs/${id}/exact`, { step, verify: true, for: `${TAB}.exact.${id}` }, (line) => this.#told(reach, line), abort.signal);
    } catch (e) {
      if (e.name !== 'AbortError') reach.failed = [e.message, e.remedy].filter(Boolean).join('. ');
    }
    reach.progress = null;
    this.aborts.delete(reach);
    this.app.store.touch('exact');
  }

  #told(reach, line) {
    if (line.event === 'trains') reach.progress = line;
    if (line.event === 'waits') reach.before = line.before;
    if (line.state) reach.state = line.state;
    this.app.store.touch('exact');
  }

  /** To the step of the cursor. */
  replayHere() {
    const { main, step } = this.app.store.get();
    const known = this.state(main, step);
    if (main && step !== null && !this.saved(main, step) && (!known || known.exactness === 'REPLAYED')) this.replay(main, step);
  }

  cancel(id, step) {
    const reach = this.of(id, step);
    if (reach) this.aborts.get(reach)?.abort();
  }
}

/** What a state is called, with what that means. */
export const BADGES = {
  STORED: ['saved', 'This step was saved by the run: a checkpoint with its checksum, or the initial parameters.'],
  VERIFIED: ['verified', 'This step was trained again from the checkpoint before it, and the same way led to the next checkpoint with its SHA-256: these are the run’s bits.'],
  REPLAYED: ['exact so far', 'This step was trained again from the checkpoint before it, with the losses and gradient norms that the run recorded. No later checkpoint was met yet that could verify its bits.'],
  OTHER: ['not exact', 'This step was trained again, but to other bits than the run’s: near it perhaps, and never exact.'],
};
