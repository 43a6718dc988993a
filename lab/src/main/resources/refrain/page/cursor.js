/** The one step cursor: how gestures, keys and playing move it. */
import { training } from './training.js';

const FRAME_MS = 110;
const reduced = matchMedia('(prefers-reduced-motion: reduce)');

export class Cursor {
  constructor(store, data) {
    this.store = store;
    this.data = data;
    this.timer = 0;
  }

  #now() {
    return training(this.store.get(), this.data);
  }

  to(step) {
    const { last } = this.#now();
    this.store.set({ step: Math.max(0, Math.min(last, Math.round(step))) });
  }

  by(steps) {
    this.to(this.#now().step + steps);
  }

  /** The checkpoint before or after the cursor: where attention is known. */
  checkpoint(direction) {
    const { step, details, last } = this.#now();
    if (!details) return; // not known yet: the end of training is no checkpoint
    const all = details.checkpoints;
    const next = direction > 0 ? all.find((c) => c > step) : all.findLast((c) => c < step);
    this.to(next ?? (direction > 0 ? last : 0));
  }

  /** The begin of the window, or its end where the cursor is there already. */
  window() {
    const { details, step } = this.#now();
    const window = details?.window;
    if (window) this.to(step === Math.round(window.begin) ? window.end : window.begin);
  }

  pin() {
    const { pin } = this.store.get();
    this.store.set({ pin: pin === null ? this.#now().step : null });
  }

  /** Zooms by a factor around the cursor; the ends are steps of the main run. */
  zoom(factor) {
    const { low, high, axis, cursor } = this.#now();
    const warp = (x) => (axis.log ? Math.log(x + axis.offset) : x);
    const back = (u) => (axis.log ? Math.exp(u) - axis.offset : u);
    const [a, b] = [warp(low), warp(high)];
    const at = cursor !== null && cursor > low && cursor < high ? warp(cursor) : (a + b) / 2;
    this.zoomTo(back(at - (at - a) * factor) / axis.perStep, back(at + (b - at) * factor) / axis.perStep);
  }

  zoomTo(low, high) {
    const { last } = this.#now();
    const [a, b] = [Math.max(0, low), high];
    if (b - a < 2) return;
    this.store.set({ zoom: a <= 0 && b >= last ? null : [a, b] });
  }

  get playing() {
    return this.timer !== 0;
  }

  /** Plays checkpoint by checkpoint; under reduced motion one press is one frame. */
  play() {
    if (this.playing) return this.pause();
    const { step, last } = this.#now();
    const end = this.store.get().zoom?.[1] ?? last;
    if (step >= Math.min(end, last)) this.to(this.store.get().zoom?.[0] ?? 0);
    if (reduced.matches) return this.checkpoint(1);
    this.timer = setInterval(() => {
      const now = this.#now();
      if (now.step >= Math.min(this.store.get().zoom?.[1] ?? now.last, now.last)) this.pause();
      else this.checkpoint(1);
    }, FRAME_MS);
    this.store.touch('playing');
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.store.touch('playing');
  }

  static get reducedMotion() {
    return reduced.matches;
  }
}
