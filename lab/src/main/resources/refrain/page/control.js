/**
 * What the page asks of the program itself: to train, stop, resume and fork runs. All of it is done
 * by processes that need neither the page nor its server; here is what they said, and which run is
 * waited for.
 */
import * as api from './api.js';
import { button, fill, h, say } from './dom.js';
import { MOST_RUNS } from './store.js';
import { short } from './scale.js';
import { runName } from './training.js';

const DOES = { train: 'Training', resume: 'Going on with', reproduce: 'The quick study in', report: 'Judging:' };
const SIGNS = { running: '◐', ended: '●', failed: '✕' };

export class Control {
  constructor(app) {
    this.app = app;
    this.jobs = new Map();
    this.dismissed = new Set();
    /** What is said of each job that is listed. */
    this.shown = new Map();
    this.awaited = null;
    /** Whether the server starts and stops runs. */
    this.may = false;
    this.root = h('section', { class: 'jobs', 'aria-label': 'Started here', hidden: true });
    this.stopButton = button('Stop', 'Stop the training of the main run; it is saved and can go on', () => this.stop(app.store.get().main), { class: 'small', hidden: true });
    this.forkButton = button('Fork', 'Begin a new run from this step, with an edit (F)', () => this.fork(), { hidden: true });
    this.bar = h('div', { class: 'bar', role: 'group', 'aria-label': 'This run' });
  }

  /** A process began or ended. */
  told(job) {
    const first = !this.jobs.has(job.id);
    this.#keep(job);
    if (job.state !== 'running' && !first) this.app.data.loadHome().catch((e) => this.failed(e));
    if (job.state === 'failed' && this.awaited?.id === job.run) this.awaited = null;
    this.app.store.touch('jobs');
  }

  /** An answer may be older than what was told while it was on its way: what has ended stays so. */
  #keep(job) {
    const known = this.jobs.get(job.id);
    if (known?.log !== job.log || known.state === 'running') this.jobs.set(job.id, job);
  }

  async load() {
    const { control, jobs } = await api.json('jobs');
    this.may = control;
    jobs.forEach((job) => this.#keep(job));
    this.app.store.touch('jobs');
  }

  failed(error) {
    this.app.notify(error.message);
  }

  async #ask(path, body) {
    try {
      const job = await api.order(path, body);
      if (job.what) this.told(job);
      return job;
    } catch (e) {
      this.failed(e);
      return null;
    }
  }

  /** The run of a job is shown as soon as it is there. */
  follow(job, parent = null) {
    this.awaited = { id: job.run, parent };
    this.app.store.touch('home');
  }

  async stop(id) {
    const row = this.app.data.row(id);
    if (!row) return;
    try {
      await api.order(`runs/${id}/stop`, {});
      this.app.notify(`${runName(row)} was asked to stop: it saves itself first.`);
    } catch (e) {
      if (e.status === 409 && / more: /.test(e.message)) this.#confirm(e.message, () => this.#ask(`runs/${id}/stop`, { others: true }));
      else this.failed(e);
    }
  }

  #confirm(message, then) {
    const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { class: 'card', 'aria-label': 'Stop several runs' }, h('p', {}, `${message}.`),
      h('form', { method: 'dialog', class: 'bar' }, h('button', { class: 'small' }, 'Leave them'), h('button', { class: 'small', onclick: then }, 'Stop them all'))));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  async resume(id, steps = null) {
    const job = await this.#ask(`runs/${id}/resume`, steps ? { steps } : {});
    if (job) this.follow(job);
  }

  reproduce() {
    return this.#ask('studies', {});
  }

  judge(study) {
    return this.#ask(`studies/${study}/judge`, {});
  }

  /** The form for a run that goes on from the cursor's step. */
  fork() {
    const { main, step } = this.app.store.get();
    if (main && !this.app.data.row(main)?.model) this.app.store.set({ view: 'start', from: `${main}@${step ?? 0}`, preset: null });
  }

  /** @param {Set<string>} changed */
  update(state, changed) {
    const row = this.app.data.row(state.main);
    this.stopButton.hidden = !this.may || row?.state !== 'running';
    this.forkButton.hidden = !this.may || !row;
    if (changed.has('home')) this.#arrived();
    if (['home', 'jobs', 'view'].some((k) => changed.has(k))) this.#list();
    else if (changed.has('data')) for (const [job, what] of this.shown) say(what, this.#does(job));
    if (['home', 'jobs', 'main', 'step', 'view', 'data'].some((k) => changed.has(k))) this.#bar(row, state);
  }

  #arrived() {
    const { store, data } = this.app;
    const row = this.awaited && data.row(this.awaited.id);
    if (!row) return;
    const parent = this.awaited.parent;
    this.awaited = null;
    const runs = parent ? [row.id, parent] : [row.id, ...store.get().runs.filter((id) => id !== row.id)];
    store.set({ view: 'time', main: row.id, beside: parent, runs: runs.slice(0, MOST_RUNS), step: row.step, zoom: null, preset: null, from: null });
  }

  #list() {
    const jobs = [...this.jobs.values()].filter((j) => !this.dismissed.has(j.id)).slice(-4);
    this.root.hidden = !jobs.length;
    this.shown.clear();
    fill(this.root, jobs.map((job) => {
      const row = this.app.data.row(job.run);
      const what = h('span', { class: 'what' }, this.#does(job));
      this.shown.set(job, what);
      return h('div', { class: `job ${job.state}` },
        h('span', { 'aria-hidden': 'true' }, SIGNS[job.state]),
        what,
        row && h('button', { type: 'button', class: 'link', onclick: () => this.app.choose(row.id) }, 'Show it'),
        row?.state === 'running' && button('Stop', `Stop ${runName(row)}`, () => this.stop(row.id), { class: 'small' }),
        h('details', { class: 'said' }, h('summary', {}, 'What it said'), h('pre', { tabindex: '0' }, job.says.join('\n') || 'Nothing yet.'), h('p', { class: 'made' }, `All of it: ${job.log}`)),
        button('×', 'Close this line', () => {
          this.dismissed.add(job.id);
          this.#list();
        }, { class: 'icon' }));
    }));
  }

  /** What a job does, and how far it is. */
  #does(job) {
    const row = this.app.data.row(job.run);
    const ended = job.what === 'report' ? 'done' : 'ended';
    const running = row ? `step ${short(row.step)} of ${short(row.steps)}` : job.run ? 'is starting' : 'running';
    const words = { failed: `failed: ${job.message}`, ended, running }[job.state] ?? job.state;
    return `${DOES[job.what] ?? job.what} ${row ? runName(row) : job.path}: ${words}`;
  }

  /** What can be done with the main run, as it stands. */
  #bar(row, state) {
    const key = row && this.may ? `${row.id} ${row.state} ${state.step} ${row.parent ?? ''}` : '';
    if (key === this.barFor) return;
    this.barFor = key;
    if (!key) return fill(this.bar);
    const steps = /** @type {HTMLInputElement} */ (h('input', { type: 'number', min: row.steps + 1, value: row.steps * 2, class: 'step', 'aria-label': 'Steps in all' }));
    const ended = row.state === 'done';
    fill(this.bar,
      row.state === 'running' && button('Stop', 'It is saved and can go on', () => this.stop(row.id)),
      !ended && row.state !== 'running' && button('Go on', 'Train on from its last checkpoint, to the same bits', () => this.resume(row.id)),
      ended && h('label', { class: 'field' }, h('span', {}, 'Train to step'), steps, button('Go on', 'Train it longer, to the bits of a run that was planned so long', () => this.resume(row.id, Number(steps.value)))),
      button(`Fork at step ${short(state.step ?? row.step)}`, 'Begin a new run from this step, with an edit (F)', () => this.fork()),
      row.parent && h('span', { class: 'muted' }, `began from ${row.parent}`));
  }
}
