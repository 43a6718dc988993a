/** The drawer of runs: filtered, sorted, grouped by variant; up to 48 are drawn together. */
import { button, choice, fill, h, say } from './dom.js';
import { MOST_RUNS } from './store.js';
import { term } from './cards.js';
import { number, short } from './scale.js';
import { sample } from './time.js';
import { runName, slotOf } from './training.js';

const SORTS = {
  name: ['name', (r) => `${r.variant ?? r.path} ${String(r.seed).padStart(6)}`],
  icl: ['ICL score', (r) => r.icl ?? Infinity],
  formed: ['formation step', (r) => r.formed ?? Infinity],
  step: ['step', (r) => -r.step],
  state: ['state', (r) => r.state],
  modified: ['newest', (r) => (typeof r.modified === 'number' ? -r.modified : -Date.parse(r.modified) || 0)],
};
const SIGNS = { running: '◐', done: '●', stopped: '■', diverged: '✕', interrupted: '◌' };

export class Runs {
  constructor(app) {
    this.app = app;
    this.sort = 'name';
    this.closedGroups = new Set();
    this.filter = /** @type {HTMLInputElement} */ (h('input', { type: 'search', placeholder: 'variant, seed, state, path', 'aria-label': 'Filter runs', oninput: () => this.#list() }));
    this.sorts = choice('Sort', Object.entries(SORTS).map(([value, [text]]) => ({ value, text })), 'name', (v) => {
      this.sort = v;
      this.#list();
    });
    this.count = h('p', { class: 'made', role: 'status' });
    this.models = h('div', { role: 'group', 'aria-label': 'Models on disk', hidden: true });
    this.body = h('div', { class: 'groups' });
    this.broken = h('details', { class: 'broken', hidden: true });
    this.root = h('aside', { class: 'drawer', 'aria-label': 'Runs', hidden: true },
      h('div', { class: 'bar' }, h('h2', {}, 'Runs'), h('span', { class: 'space' }), button('×', 'Close (R)', () => this.toggle(), { class: 'icon' })),
      h('div', { class: 'bar' }, this.filter, this.sorts),
      h('div', { class: 'bar' }, button('Draw these', 'Draw all runs that the filter leaves, at most 48', () => this.#drawAll(), { class: 'small' }), button('Only the main one', 'Draw only the run of the cursor', () => this.#only(), { class: 'small' })),
      h('p', { class: 'made' }, 'Columns: the last step, ', term(app, 'formation', 'formed'), ' at step, ', term(app, 'icl', 'ICL'), ' score at the end.'),
      this.models, this.count, this.body, this.broken);
    this.root.addEventListener('keydown', (e) => {
      if (e.key === 'Escape') this.toggle();
    });
  }

  toggle() {
    this.root.hidden = !this.root.hidden;
    document.body.classList.toggle('with-drawer', !this.root.hidden);
    this.app.openRuns.setAttribute('aria-expanded', String(!this.root.hidden));
    if (!this.root.hidden) {
      this.#list();
      this.filter.focus();
    } else this.app.openRuns.focus();
  }

  update() {
    if (!this.root.hidden) this.#list();
  }

  #found() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = (this.app.data.home?.runs ?? []).filter((r) => {
      const text = `${r.variant ?? ''} seed ${r.seed} ${r.state} ${r.path} ${r.study ?? ''} ${r.preset ?? ''} ${r.formed === null ? 'no heads' : 'formed'}`.toLowerCase();
      return words.every((w) => text.includes(w));
    });
    const key = SORTS[this.sort][1];
    return rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  }

  #drawAll() {
    const { store } = this.app;
    const ids = this.#found().slice(0, MOST_RUNS).map((r) => r.id);
    if (ids.length) store.set({ runs: ids, main: ids.includes(store.get().main) ? store.get().main : ids[0] });
  }

  #only() {
    const { main } = this.app.store.get();
    if (main) this.app.store.set({ runs: [main] });
  }

  #list() {
    const state = this.app.store.get();
    const rows = this.#found();
    const all = this.app.data.home?.runs.length ?? 0;
    say(this.count, `${rows.length} of ${all} runs · ${state.runs.length} drawn (at most ${MOST_RUNS})`);
    this.#showModels(state);
    const key = JSON.stringify([rows.map((r) => [r.id, r.state, r.step, r.icl]), state.runs, state.main, state.beside, [...this.closedGroups]]);
    if (this.body.dataset.key === key) return;
    this.body.dataset.key = key;
    const held = document.activeElement?.getAttribute('data-key');
    const groups = new Map();
    for (const r of rows) groups.set(r.variant ?? r.path, [...(groups.get(r.variant ?? r.path) ?? []), r]);
    fill(this.body, [...groups].map(([name, group]) => this.#group(name, group, state)));
    if (held) /** @type {HTMLElement|null} */ (this.body.querySelector(`[data-key="${CSS.escape(held)}"]`))?.focus();
    this.#showBroken();
  }

  #showModels(state) {
    const all = this.app.data.home?.models ?? [];
    this.models.hidden = !all.length;
    fill(this.models, h('h3', {}, 'Models on disk'), all.map((m) => h('p', {},
      button(m.name, `Ask ${m.name}`, () => this.app.choose(m.id), { 'data-key': `main ${m.id}`, class: 'link', 'aria-pressed': String(m.id === state.main) }),
      h('span', { class: 'muted' }, ` ${m.architecture}, ${m.layers} layers of ${m.heads} heads`))));
  }

  #group(name, rows, state) {
    const drawn = rows.filter((r) => state.runs.includes(r.id)).length;
    const box = /** @type {HTMLInputElement} */ (h('input', { type: 'checkbox', 'data-key': `group ${name}`, 'aria-label': `Draw all runs of ${name}`, onchange: () => this.#draw(rows.map((r) => r.id), box.checked) }));
    box.checked = drawn === rows.length;
    box.indeterminate = drawn > 0 && drawn < rows.length;
    return h('details', { open: !this.closedGroups.has(name), ontoggle: (e) => (e.target.open ? this.closedGroups.delete(name) : this.closedGroups.add(name)) },
      h('summary', {}, drawn > 0 && sample(slotOf(rows[0])), ` ${name} `, h('span', { class: 'muted' }, `${rows.length}`)),
      h('label', { class: 'all' }, box, ' all of them'),
      h('table', {},
        h('thead', {}, h('tr', {}, ['run', 'step', 'formed', 'ICL'].map((c, i) => h('th', { scope: 'col', class: i ? 'num' : null }, c)))),
        h('tbody', {}, rows.map((r) => this.#row(r, state)))));
  }

  #row(r, state) {
    const main = r.id === state.main;
    const box = /** @type {HTMLInputElement} */ (h('input', { type: 'checkbox', 'data-key': `box ${r.id}`, 'aria-label': `Draw ${runName(r)}`, onchange: () => this.#draw([r.id], box.checked) }));
    box.checked = state.runs.includes(r.id);
    const name = button(`seed ${r.seed}`, `${runName(r)}: make it the run of the cursor`, () => this.app.choose(r.id), { 'data-key': `main ${r.id}`, class: 'link', 'aria-pressed': String(main) });
    const beside = button('⇄', `Show ${runName(r)} beside the main run`, () => this.app.store.set({ beside: state.beside === r.id ? null : r.id }), { 'data-key': `beside ${r.id}`, class: 'icon', 'aria-pressed': String(state.beside === r.id) });
    return h('tr', { class: main ? 'main' : null },
      h('th', { scope: 'row' }, h('label', { class: 'box' }, box), name, ' ', h('span', { class: 'state', title: r.state, 'aria-label': r.state }, SIGNS[r.state] ?? '○'), beside),
      h('td', { class: 'num' }, short(r.step)),
      h('td', { class: 'num' }, r.formed === null || r.formed === undefined ? '–' : short(r.formed)),
      h('td', { class: 'num' }, number(r.icl)));
  }

  #draw(ids, on) {
    const { store } = this.app;
    const { runs, main } = store.get();
    const next = on ? [...new Set([...runs, ...ids])].slice(0, MOST_RUNS) : runs.filter((r) => !ids.includes(r));
    if (on && next.length < new Set([...runs, ...ids]).size) this.app.notify(`At most ${MOST_RUNS} runs are drawn together; the others were left out.`);
    if (next.length) store.set({ runs: next, main: next.includes(main) ? main : next[0] });
  }

  #showBroken() {
    const broken = this.app.data.home?.broken ?? [];
    this.broken.hidden = !broken.length;
    fill(this.broken, h('summary', {}, `${broken.length} folders cannot be read`), h('ul', {}, broken.map((b) => h('li', {}, h('code', {}, b.path), ` ${b.message}`))));
  }
}
