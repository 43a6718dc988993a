/**
 * The step cursor of the whole page: a native range input over the axis of training, with the run's
 * in-context-learning score behind it, the window and the checkpoints.
 */
import { button, h, say, segments } from './dom.js';
import { ink } from './ink.js';
import { CanvasPen, forgetFont } from './pen.js';
import { number, short, XScale } from './scale.js';
import { training } from './training.js';

const THUMB = 9;
const HEIGHT = 40;
const FINE = 2000;
const whole = new Intl.NumberFormat('en');
/** What changes with gestures and is not drawn here. */
const CURSOR_KEYS = new Set(['step', 'hoverStep', 'hoverToken', 'token', 'head', 'hoverHead']);

export class Strip {
  constructor(app) {
    this.app = app;
    const { store, cursor } = app;
    this.canvas = h('canvas', { 'aria-hidden': 'true' });
    this.range = /** @type {HTMLInputElement} */ (h('input', { type: 'range', min: 0, max: FINE, step: 'any', 'aria-label': 'Step of training', oninput: () => this.#slid() }));
    this.range.addEventListener('keydown', (e) => app.keys.onRange(e));
    this.number = /** @type {HTMLInputElement} */ (h('input', { type: 'number', min: 0, step: 1, 'aria-label': 'Step', class: 'step', onchange: () => cursor.to(Number(this.number.value)) }));
    this.of = h('span', { class: 'muted' });
    this.play = button('▶', 'Play checkpoint by checkpoint (Space)', () => cursor.play(), { class: 'play' });
    this.pin = button('Pin', 'Pin this step, to compare another one with it (P)', () => cursor.pin(), { 'aria-pressed': 'false' });
    this.axis = segments('Scale of the axis', [{ value: 'log', text: 'ln', title: 'ln(step + t0)' }, { value: 'linear', text: 'linear', title: 'Evenly spaced' }], (v) => store.set({ axis: v }));
    this.unit = segments('Unit of the axis', [{ value: 'steps', text: 'steps', title: 'Steps of training' }, { value: 'tokens', text: 'tokens', title: 'Tokens trained on' }], (v) => store.set({ unit: v }));
    this.track = h('div', { class: 'track' }, this.canvas, this.range);
    this.root = h('footer', { class: 'strip', 'aria-label': 'Step of training' },
      h('div', { class: 'buttons' },
        this.play,
        button('«', 'To the checkpoint before (Page Up)', () => cursor.checkpoint(-1)),
        button('−', 'One step back (Left)', () => cursor.by(-1)),
        h('label', { class: 'steps' }, h('span', { class: 'hide-small' }, 'step'), this.number, this.of),
        button('+', 'One step on (Right)', () => cursor.by(1)),
        button('»', 'To the next checkpoint (Page Down)', () => cursor.checkpoint(1)),
        this.pin,
        app.control.forkButton),
      this.track,
      h('div', { class: 'buttons axis' },
        this.axis, this.unit,
        button('⊖', 'Show more of the axis (−)', () => cursor.zoom(2)),
        button('⊕', 'Zoom in around the cursor (+)', () => cursor.zoom(0.5)),
        button('all', 'Show all of training (0)', () => store.set({ zoom: null })),
        button('window', 'Zoom to the phase change', () => this.#toWindow())));
    new ResizeObserver(() => this.paint()).observe(this.track);
  }

  #toWindow() {
    const { details } = training(this.app.store.get(), this.app.data);
    const w = details?.window;
    if (w) this.app.cursor.zoomTo(w.begin / 1.6, w.end * 1.4);
  }

  #scale() {
    const t = training(this.app.store.get(), this.app.data);
    return { t, x: new XScale(t.axis, t.low, Math.min(t.high, t.last * t.axis.perStep), 0, FINE) };
  }

  #slid() {
    const { t, x } = this.#scale();
    this.app.cursor.pause();
    this.app.cursor.to(x.x(Number(this.range.value)) / t.axis.perStep);
  }

  update(state, changed) {
    const { t, x } = this.#scale();
    this.root.hidden = !t.row || t.row.model || state.view === 'glossary';
    if (this.root.hidden) return;
    this.axis.show(state.axis);
    this.unit.show(state.unit);
    this.pin.setAttribute('aria-pressed', String(state.pin !== null));
    say(this.pin, state.pin === null ? 'Pin' : `Pinned ${short(state.pin)}`);
    say(this.play, this.app.cursor.playing ? '⏸' : '▶');
    this.range.value = String(x.at(t.step * t.axis.perStep));
    this.range.setAttribute('aria-valuetext', `step ${t.step} of ${t.last}`);
    if (document.activeElement !== this.number) this.number.value = String(t.step);
    this.number.max = String(t.last);
    say(this.of, `of ${whole.format(t.last)}${t.beyond ? `: ended before ${short(t.beyond)}` : ''}`);
    if ([...changed].some((k) => !CURSOR_KEYS.has(k))) this.paint();
  }

  paint() {
    const width = Math.floor(this.track.clientWidth);
    if (!width || this.root.hidden) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    const context = this.canvas.getContext('2d');
    const wide = Math.round(width * ratio);
    if (this.canvas.width !== wide) {
      forgetFont(context);
      this.canvas.width = wide;
      this.canvas.height = HEIGHT * ratio;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${HEIGHT}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    this.#draw(new CanvasPen(context), width, ink());
  }

  #draw(pen, width, k) {
    const { t } = this.#scale();
    const x = new XScale(t.axis, t.low, Math.min(t.high, t.last * t.axis.perStep), THUMB, width - THUMB);
    const clamp = (v) => Math.max(THUMB, Math.min(width - THUMB, x.at(v)));
    if (t.window) pen.rect(clamp(t.window.begin), 2, clamp(t.window.end) - clamp(t.window.begin), 24, { fill: k.c4, alpha: 0.22 });
    const icl = t.row && this.app.data.column(t.row.id, 'icl');
    if (icl?.n > 1) this.#curve(pen, icl, x, t, k);
    for (const c of t.details?.checkpoints ?? []) {
      const at = x.at(c * t.axis.perStep);
      if (at >= THUMB - 1 && at <= width - THUMB + 1) pen.line([at, 25, at, 28], 4, { stroke: k.muted });
    }
    for (const tick of x.ticks(44)) pen.text(tick.text, tick.at, 39, { fill: k.muted, anchor: tick.at < 20 ? 'start' : tick.at > width - 20 ? 'end' : 'middle', size: 10.5 });
  }

  #curve(pen, column, x, t, k) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < column.n; i++) {
      low = Math.min(low, column.y[i]);
      high = Math.max(high, column.y[i]);
    }
    const points = [];
    for (let i = 0; i < column.n; i++) points.push(x.at(column.steps[i] * t.axis.perStep), 24 - ((column.y[i] - low) / (high - low || 1)) * 20);
    pen.clip(THUMB, 0, x.right - THUMB, 30, () => pen.line(points, points.length, { stroke: k.c0, width: 1.4 }));
  }
}

/** One sentence for the live region: where the cursor is and what the run is like there. */
export function spoken(app) {
  const t = training(app.store.get(), app.data);
  if (!t.row) return '';
  const at = (key, name) => {
    const column = app.data.columns.get(t.row.id)?.get(key);
    if (!column?.n) return '';
    let i = 0;
    while (i + 1 < column.n && column.steps[i + 1] <= t.step) i++;
    return `, ${name} ${number(column.y[i])}`;
  };
  return `Step ${t.step}${at('loss', 'loss')}${at('icl', 'in-context-learning score')}${at('pm.best', 'prefix matching')}`;
}
