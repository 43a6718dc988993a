/** Beside what is shown: of which step it is, how exact that is, and the control that replays to it. */
import { definition } from './cards.js';
import { button, fill, h } from './dom.js';
import { BADGES } from './exact.js';
import { number, short } from './scale.js';

export class ExactChip {
  /** @param {any} app @param {string} what is shown of a step, such as "attention" */
  constructor(app, what) {
    this.app = app;
    this.what = what;
    this.said = h('span', { class: 'stale', role: 'status' });
    this.controls = h('span', { class: 'exact-controls' });
    this.root = h('span', { class: 'exact' }, this.said, this.controls);
  }

  /**
   * @param {string} id of the run
   * @param {number} step of the cursor
   * @param {number|null} shown the step that is shown; null: nothing yet
   * @param {string[]} [more] what else is to be said
   */
  update(id, step, shown, more = []) {
    const { exact, data } = this.app;
    exact.want(id, step);
    const reach = exact.of(id, step);
    const stale = shown !== null && shown !== step;
    const parts = [shown === null ? 'nothing is computed yet' : stale ? `${this.what} of ${short(shown)}, cursor at ${short(step)}` : `${this.what} of ${short(step)}`, ...more];
    const key = JSON.stringify([parts, reach, exact.auto, id, step, exact.saved(id, step)]);
    if (this.key === key) return;
    this.key = key;
    this.said.textContent = parts.join(' · ');
    this.said.classList.toggle('on', stale || more.length > 0);
    const held = document.activeElement?.closest('.exact-controls') === this.controls ? document.activeElement.getAttribute('data-what') : null;
    fill(this.controls, exact.saved(id, step) ? this.#badge('STORED', null) : data.details(id) ? this.#reach(id, step, reach) : null);
    if (held) /** @type {HTMLElement|null} */ (this.controls.querySelector(`[data-what="${held}"]`) ?? this.controls.querySelector('button'))?.focus();
  }

  #reach(id, step, reach) {
    const { exact } = this.app;
    if (!reach) return null;
    const { state, progress, takes, failed, before } = reach;
    return [
      state && this.#badge(state.exactness, state),
      progress && [this.#progress(progress, state, before), button('cancel', 'Give up the replay', () => exact.cancel(id, step), { class: 'small', 'data-what': 'cancel' })],
      !state && !progress && takes && button(`replay to ${short(step)} (${this.#costs(takes)})`, takes.says, () => exact.replay(id, step), { class: 'small', 'data-what': 'replay' }),
      state?.exactness === 'REPLAYED' && !progress && state.next !== null && button(`verify at ${short(state.next)}`, `Train on to checkpoint ${state.next} and compare its SHA-256`, () => exact.replay(id, step), { class: 'small', 'data-what': 'verify' }),
      !state && takes?.meanwhile && h('span', { class: 'muted' }, takes.meanwhile),
      failed && h('span', { class: 'failed' }, failed),
      this.#auto(),
    ];
  }

  #costs(takes) {
    const steps = takes.until - takes.from;
    const time = takes.seconds === null || Number.isNaN(takes.seconds) ? 'for how long is not known' : `about ${takes.seconds < 10 ? number(Math.max(0.01, takes.seconds)).slice(0, 3) : Math.ceil(takes.seconds)} s`;
    return `${steps} steps, ${time}`;
  }

  #progress({ step, from, until }, state, before) {
    const bar = /** @type {HTMLProgressElement} */ (h('progress', { max: Math.max(1, until - from), 'aria-label': 'Replay' }));
    bar.value = step - from;
    return h('label', { class: 'field' }, h('span', {}, before && step === from ? `waits for ${before} other questions` : `${state ? 'verifying' : 'replaying'} ${short(step)} of ${short(until)}`), bar);
  }

  /** Short replays happen by themselves, unless that was switched off. */
  #auto() {
    const { exact } = this.app;
    const box = /** @type {HTMLInputElement} */ (h('input', { type: 'checkbox', 'data-what': 'auto', onchange: () => exact.setAuto(box.checked) }));
    box.checked = exact.auto;
    return h('label', { class: 'box-label', title: 'Replay by itself where that takes less than a second and the cursor rests' }, box, 'by itself if < 1 s');
  }

  #badge(exactness, state) {
    const [word, means] = BADGES[exactness];
    const sign = { STORED: '■', VERIFIED: '✓', REPLAYED: '≈', OTHER: '✕' }[exactness];
    const difference = state?.difference ? `, loss ${state.difference.mean > 0 ? '+' : ''}${number(state.difference.mean)} nats` : '';
    const text = `${sign} ${word}${exactness === 'OTHER' && state.why ? `: ${state.why}` : ''}${difference}`;
    return h('button', { type: 'button', class: `mark ${exactness.toLowerCase()}`, 'data-what': 'badge', 'aria-haspopup': 'dialog', onclick: () => this.#card(word, means, state) }, text);
  }

  #card(word, means, state) {
    const rows = { says: means };
    const says = state ? [state.says, ...(state.warnings ?? [])].join('. ') : '';
    this.app.cards.show(word, h('div', {}, definition(rows), says && h('p', {}, `Here: ${says}.`)));
  }
}
