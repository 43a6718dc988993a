/**
 * The keyboard: every gesture of the page has a key. Keys of one letter can be switched off, since
 * speech input types them by accident.
 */
import { fill, h } from './dom.js';

const OFF = 'refrain.keys';

export class Keys {
  constructor(app) {
    this.app = app;
    const { store, cursor } = app;
    const view = (name) => () => store.set({ view: name });
    /** @type {[string, string, () => void][]} keys, what they do, how */
    this.map = [
      ['ArrowLeft', 'one step back', () => cursor.by(-1)],
      ['ArrowRight', 'one step on', () => cursor.by(1)],
      ['Shift+ArrowLeft', 'ten steps back', () => cursor.by(-10)],
      ['Shift+ArrowRight', 'ten steps on', () => cursor.by(10)],
      ['PageUp', 'to the checkpoint before', () => cursor.checkpoint(-1)],
      ['PageDown', 'to the next checkpoint', () => cursor.checkpoint(1)],
      ['Home', 'to the first step', () => cursor.to(0)],
      ['End', 'to the last step', () => cursor.to(Infinity)],
      [' ', 'play, pause', () => cursor.play()],
      ['w', 'to the begin or the end of the phase change', () => cursor.window()],
      ['p', 'pin this step, or let it go', () => !app.strip.root.hidden && cursor.pin()],
      ['+', 'zoom in around the cursor', () => cursor.zoom(0.5)],
      ['-', 'zoom out', () => cursor.zoom(2)],
      ['0', 'show all of training', () => store.set({ zoom: null })],
      ['1', 'Time', view('time')],
      ['2', 'Heads', view('heads')],
      ['3', 'Attention', view('attention')],
      ['4', 'Causes', view('causes')],
      ['5', 'Run', view('run')],
      ['g', 'Glossary', view('glossary')],
      ['r', 'choose runs', () => app.runs.toggle()],
      ['[', 'the head before', () => app.nextHead(-1)],
      [']', 'the next head', () => app.nextHead(1)],
      ['v', 'swap the run for the next variant of the study, at the same step', () => app.nextSwap(1)],
      ['s', 'axis: ln or linear', () => store.set({ axis: store.get().axis === 'log' ? 'linear' : 'log' })],
      ['t', 'axis: steps or tokens', () => store.set({ unit: store.get().unit === 'steps' ? 'tokens' : 'steps' })],
      ['6', 'Study', view('study')],
      ['7', 'Train', view('start')],
      ['f', 'fork at this step', () => app.control.fork()],
      ['u', 'the tour of six gestures', () => !app.tour.opener.hidden && app.tour.toggle()],
      ['o', 'turn the chosen head off, or on again', () => app.views.causes.toggleChosen()],
      ['m', 'turn the next matching head off; after the last, all on again', () => app.views.causes.nextMatching()],
      ['a', 'all switches on and all edges joined again', () => store.set({ edits: [] })],
      ['e', 'replay to this step exactly', () => app.exact.replayHere()],
      ['?', 'this list', () => this.show()],
    ];
    this.single = /** @type {HTMLInputElement} */ (h('input', { type: 'checkbox', onchange: () => localStorage.setItem(OFF, this.single.checked ? 'on' : 'off') }));
    this.single.checked = localStorage.getItem(OFF) !== 'off';
    this.root = h('dialog', { class: 'card', 'aria-label': 'Keyboard' });
    addEventListener('keydown', (e) => this.#pressed(e));
  }

  show() {
    fill(this.root, h('h2', {}, 'Keyboard'),
      h('dl', { class: 'keys' }, this.map.map(([key, what]) => [h('dt', {}, h('kbd', {}, name(key))), h('dd', {}, what)])),
      h('p', {}, 'On a picture: drag moves the cursor, Shift and drag zooms, and so do two fingers; a double click shows all. In grids of heads the arrows move the chosen head.'),
      h('label', {}, this.single, ' keys of a single letter or sign are on'),
      h('form', { method: 'dialog' }, h('button', { class: 'small' }, 'Close')));
    this.root.showModal();
  }

  #pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    // What a closed dialog held has the focus until the next frame; keys are the page's again before that.
    if (target.closest('input, select, textarea, [contenteditable]')?.checkVisibility()) return;
    if (event.key === ' ' && target.closest('button, summary, a, label')) return;
    if (target.closest('.scroll, .drawer') && /^(Arrow|Page|Home|End)/.test(event.key)) return;
    this.#run(event);
  }

  /** On the range input too, where the browser's own steps would be pixels. */
  onRange(event) {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) this.#run(event, { ArrowUp: 'ArrowRight', ArrowDown: 'ArrowLeft' });
  }

  #run(event, same = {}) {
    const key = same[event.key] ?? event.key;
    const plain = event.shiftKey && /^Arrow/.test(key) ? `Shift+${key}` : key;
    if (key.length === 1 && key !== ' ' && !this.single.checked) return;
    const entry = this.map.find(([k]) => k === plain || k === plain.toLowerCase());
    if (!entry) return;
    event.preventDefault();
    if (key !== ' ') this.app.cursor.pause();
    entry[2]();
  }
}

const name = (key) => ({ ' ': 'Space', ArrowLeft: '←', ArrowRight: '→', 'Shift+ArrowLeft': 'Shift ←', 'Shift+ArrowRight': 'Shift →', PageUp: 'Page Up', PageDown: 'Page Down' })[key] ?? key;
