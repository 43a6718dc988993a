/**
 * The view Train: a form for a run, made from what the program says of its own configuration.
 * Presets come first; every field of the specification stands below with its documentation. What is
 * wrong is said by the program itself, at the field, before anything is written.
 */
import * as api from './api.js';
import { button, choice, fill, h, say } from './dom.js';
import { short } from './scale.js';
import { runName } from './training.js';

const REST_MS = 500;
const WAIT_MS = 3000;
const PLAIN = new Set(['whole number', 'number', 'true or false', 'text', 'map']);
const SAFE_TEXT = /^[\w./-]+$/;

/** "about 25 s" of seconds. */
export function about(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return 'time not measured yet';
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(seconds < 36000 ? 1 : 0)} h`;
}

/** A specification in a few words. */
function words(spec) {
  const m = spec.model;
  const extra = [m.dMlp ? 'MLPs' : 'attention only', m.smear.from === 'NONE' ? '' : 'smeared keys', m.positions.kind === 'shortformer' ? '' : m.positions.kind].filter(Boolean);
  return `${m.nLayers} ${m.nLayers === 1 ? 'layer' : 'layers'} of ${m.nHeads} heads, ${extra.join(', ')}; ${spec.data.kind}`;
}

export class StartView {
  constructor(app) {
    this.app = app;
    this.form = null;
    this.set = new Map();
    this.fields = new Map();
    this.root = h('section', { class: 'view start', 'aria-label': 'Train' });
    this.key = '';
  }

  update(state) {
    this.#load();
    if (!this.form) return;
    const key = `${state.preset ?? ''}|${state.from ?? ''}|${this.#parent(state)?.details ? 1 : 0}`;
    if (key !== this.key) this.#build(state, key);
  }

  /** The preset to begin with; null: nobody knows yet. */
  get first() {
    this.#load();
    return this.form?.presets.find((p) => p.name === this.form.first) ?? null;
  }

  #load() {
    if (this.form || this.loading) return;
    this.loading = true;
    this.#fetch();
  }

  async #fetch() {
    try {
      this.form = await api.json('presets');
      if (this.form.presets.some((p) => p.seconds === null)) setTimeout(() => this.#times(), WAIT_MS);
      this.app.store.touch('data');
    } catch (e) {
      this.loading = false;
      this.app.control.failed(e);
    }
  }

  /** The machine's speed is measured when somebody first asks; the list is filled in then. */
  async #times() {
    const now = await api.json('presets');
    for (const p of now.presets) {
      const cell = this.times?.get(p.name);
      if (cell) say(cell, about(p.seconds));
    }
    this.form.presets = now.presets;
    this.app.store.touch('data');
    if (now.presets.some((p) => p.seconds === null)) setTimeout(() => this.#times(), WAIT_MS);
    else this.#check();
  }

  /** The run that the form goes on from, as the state says: "ID@STEP". */
  #parent(state) {
    const match = /^([0-9a-f]{12})@(\d+)$/.exec(state.from ?? '');
    const row = match && this.app.data.row(match[1]);
    return row ? { row, step: Number(match[2]), details: this.app.data.details(row.id) } : null;
  }

  #build(state, key) {
    this.key = key;
    this.set = new Map();
    this.fields = new Map();
    const parent = this.#parent(state);
    if (parent && !parent.details) return fill(this.root, h('p', {}, 'Reading the run …'));
    this.parent = parent;
    const preset = this.form.presets.find((p) => p.name === state.preset) ?? this.form.presets.find((p) => p.name === this.form.first);
    this.preset = parent ? null : preset;
    this.base = parent ? { ...parent.details.spec, parent: null } : preset.spec;
    this.outlook = h('p', { class: 'outlook', role: 'status' }, ' ');
    this.general = h('p', { class: 'fault', role: 'alert', hidden: true });
    this.go = h('button', { class: 'go', disabled: !this.form.control }, parent ? 'Fork' : 'Train');
    const form = h('form', { novalidate: true, onsubmit: (e) => this.#submit(e) },
      parent ? this.#begins(parent) : this.#presets(preset),
      h('div', { class: 'bar' },
        this.#own('steps', 'Steps'), parent ? this.#own('optimizer.rate', 'Learning rate') : this.#extra('seed', 'Seed', String(preset.spec.seeds.init), 'of the first weights and of the batches: short for seeds.init and seeds.data'),
        this.#extra('threads', 'Cores', String(this.form.cores), 'results do not depend on it'),
        this.#extra('name', 'Folder', '', `in ${this.form.folder}; left empty, the run's identifier`)),
      parent && this.#interventions(parent),
      h('div', { class: 'bar' }, this.go, this.outlook), this.general,
      !this.form.control && h('p', { class: 'fault' }, 'This server only shows runs: it was started with --read-only.'),
      h('h3', {}, 'Every setting'),
      h('p', { class: 'made' }, `What is left as it is has the value of ${parent ? 'the run that it goes on from' : `the preset ${preset.name}`}. The program checks each change and says here what it would not take.`),
      this.#groups());
    fill(this.root, h('h2', {}, parent ? 'Go on from a step of a run' : 'Train a run'), form);
    this.#check();
  }

  #presets(chosen) {
    this.times = new Map();
    return h('fieldset', { class: 'presets' }, h('legend', {}, 'Where it starts: a preset'),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Presets' },
        h('table', {}, h('thead', {}, h('tr', {}, ['preset', 'what it is', 'parameters', 'steps', `time on ${this.form.cores} cores`].map((c) => h('th', { scope: 'col' }, c)))),
          h('tbody', {}, this.form.presets.map((p) => {
            const time = h('td', { class: 'num' }, about(p.seconds));
            this.times.set(p.name, time);
            const radio = /** @type {HTMLInputElement} */ (h('input', { type: 'radio', name: 'preset', value: p.name, checked: p === chosen, onchange: () => this.app.store.set({ preset: p.name, from: null }) }));
            return h('tr', {}, h('th', { scope: 'row' }, h('label', { class: 'pick' }, radio, h('code', {}, p.name))), h('td', {}, words(p.spec)), h('td', { class: 'num' }, short(p.parameters)), h('td', { class: 'num' }, short(p.spec.steps)), time);
          })))));
  }

  #begins(parent) {
    const step = /** @type {HTMLInputElement} */ (h('input', { type: 'number', min: 0, max: parent.row.step, value: parent.step, class: 'step', onchange: () => this.app.store.set({ from: `${parent.row.id}@${Math.max(0, Math.min(parent.row.step, Math.round(Number(step.value) || 0)))}` }) }));
    const saved = parent.details.checkpoints.includes(parent.step);
    return h('div', {},
      h('p', {}, `It goes on from ${runName(parent.row)} (${parent.row.path}) with the weights, the moments of the optimizer and the batches that it had there. Where nothing is changed it has the bits of that run.`),
      h('label', { class: 'field' }, h('span', {}, 'From step'), step),
      h('span', { class: 'made' }, saved ? ' A checkpoint of this step was saved.' : ' This step was not saved: it is trained again from the checkpoint before it, to the same bits.'),
      h('p', {}, button('Begin anew instead', 'Choose a preset', () => this.app.store.set({ from: null }), { class: 'small' })));
  }

  /** Heads that are switched off from a step on: an edit that most forks are made for. */
  #interventions(parent) {
    const m = this.base.model;
    const heads = Array.from({ length: m.nLayers * m.nHeads }, (_, i) => `L${Math.floor(i / m.nHeads)}H${i % m.nHeads}`);
    const state = this.app.store.get();
    let head = heads.includes(state.head) ? state.head : heads[0];
    const from = h('input', { type: 'number', min: 0, value: parent.step, class: 'step', 'aria-label': 'From step' });
    const until = h('input', { type: 'number', min: 0, class: 'step', 'aria-label': 'Until step; empty: to the end' });
    const add = () => {
      const field = this.fields.get('interventions');
      let list = [];
      try {
        list = JSON.parse(field.control.value || '[]');
      } catch {
        // What was typed is no list; the program says so at the field.
        return this.#check();
      }
      list.push({ kind: 'replace', site: `${head.slice(1).replace('H', '.')}`, source: { kind: 'zero' }, from: Number(from.value), until: until.value === '' ? null : Number(until.value) });
      field.control.value = JSON.stringify(list);
      field.control.dispatchEvent(new Event('input'));
    };
    return h('div', { class: 'bar' }, choice('Switch off head', heads.map((v) => ({ value: v, text: v })), head, (v) => (head = v)),
      h('label', { class: 'field' }, h('span', {}, 'from step'), from), h('label', { class: 'field' }, h('span', {}, 'until'), until), button('Add', 'Add it to the interventions of the run', add, { class: 'small' }));
  }

  /** A field of the specification that stands on top. */
  #own(path, label) {
    const value = path.split('.').reduce((v, k) => v?.[k], this.base);
    const field = this.#field(path, path.includes('.') ? { type: 'number', says: '' } : this.form.types['Run spec'].fields.find((f) => f.name === path), value, label);
    return field;
  }

  /** A field of the request that is no part of the specification. */
  #extra(name, label, placeholder, says) {
    const input = h('input', { type: 'text', placeholder, autocomplete: 'off', 'aria-describedby': `fault-${name}`, oninput: () => this.#changed(), inputmode: name === 'name' ? 'text' : 'numeric' });
    const fault = h('span', { class: 'fault', id: `fault-${name}`, role: 'alert' });
    this.fields.set(`:${name}`, { control: input, fault, open: [] });
    return h('label', { class: 'field', title: says }, h('span', {}, label), input, fault);
  }

  #groups() {
    const top = this.form.types['Run spec'].fields.filter((f) => f.name !== 'parent');
    const plain = top.filter((f) => PLAIN.has(f.type) || this.form.types[f.type]?.constants);
    const rest = top.filter((f) => !plain.includes(f));
    return [
      this.#group('The run', plain.filter((f) => !this.fields.has(f.name)).map((f) => [f.name, f, this.base[f.name]]), 'its name, batch and length'),
      ...rest.map((f) => this.#group(f.name, this.#inside(f.name, f, this.base[f.name]), f.says)),
    ];
  }

  #group(title, fields, says) {
    const details = h('details', { class: 'group' });
    const made = fields.filter(([path]) => !this.fields.has(path)).map(([path, field, value]) => this.#field(path, field, value, null, [details]));
    details.append(h('summary', {}, h('strong', {}, title), h('span', { class: 'muted' }, ` ${says}`)), h('div', { class: 'fields' }, made));
    return details;
  }

  /** The fields of a value, down to those that hold one number or word. */
  #inside(path, field, value) {
    const type = this.form.types[field.type];
    if (field.list || value === null || typeof value !== 'object' || !type) return [[path, field, value]];
    const fields = type.kinds ? type.kinds.find((k) => k.kind === value.kind)?.fields : type.fields;
    if (!fields) return [[path, field, value]];
    const kind = type.kinds ? [[`${path}.kind`, { name: 'kind', type: 'kind', of: type, says: type.says }, value.kind]] : [];
    return [...kind, ...fields.filter((f) => f.name in value || f.default !== undefined).flatMap((f) => this.#inside(`${path}.${f.name}`, f, value[f.name] ?? null))];
  }

  #field(path, field, value, label = null, open = []) {
    const type = this.form.types[field.type];
    const text = value === null || value === undefined ? 'null' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    const options = field.type === 'kind' ? field.of.kinds.map((k) => ({ name: k.kind, says: k.says })) : type?.constants ?? (field.type === 'true or false' ? [{ name: 'true' }, { name: 'false' }] : null);
    const id = `field-${path}`;
    const props = { id, 'aria-describedby': `${id}-says ${id}-fault`, autocomplete: 'off', spellcheck: 'false' };
    let control;
    if (options && !field.list) {
      const names = options.map((o) => o.name);
      control = h('select', props, (names.includes(text) ? names : [text, ...names]).map((n) => h('option', { value: n }, n)));
    } else if (field.list || (value !== null && typeof value === 'object')) control = h('textarea', { ...props, rows: 2 });
    else control = h('input', { ...props, type: 'text', inputmode: field.type === 'text' ? 'text' : 'decimal' });
    control.value = text;
    const reset = button('↺', `${path}: back to ${text}`, () => {
      control.value = text;
      read();
    }, { class: 'icon', hidden: true });
    const chosen = h('span', { class: 'made' });
    const read = () => {
      reset.hidden = control.value === text;
      if (control.value === text) this.set.delete(path);
      else this.set.set(path, this.#written(field, control.value));
      say(chosen, options?.find((o) => o.name === control.value)?.says ?? '');
      this.#changed();
    };
    control.addEventListener('input', read);
    if (options) say(chosen, options.find((o) => o.name === text)?.says ?? '');
    const fault = h('span', { class: 'fault', id: `${id}-fault`, role: 'alert' });
    this.fields.set(path, { control, fault, open });
    const says = h('span', { class: 'made', id: `${id}-says` }, [field.says, field.list ? `list of ${field.type}` : PLAIN.has(field.type) && field.type, field.default !== undefined && field.default !== 'null' && `default ${field.default}`].filter(Boolean).join(' · '));
    if (label) return h('label', { class: 'field', title: field.says }, h('span', {}, label), control, reset, fault, h('span', { hidden: true }, says));
    return h('div', { class: 'setting' }, h('label', { for: id }, h('code', {}, path)), h('div', { class: 'value' }, control, reset), says, chosen, type?.kinds && field.list && this.#kinds(type), fault);
  }

  #kinds(type) {
    return h('details', { class: 'said' }, h('summary', {}, 'What it may hold'), h('p', {}, type.says), h('dl', {}, type.kinds.map((k) => [h('dt', {}, h('code', {}, k.kind)), h('dd', {}, `${k.says} Has ${k.fields.map((f) => f.name).join(', ') || 'no fields'}.`)])));
  }

  /** A value as YAML: words that YAML would take for something else go in quotes. */
  #written(field, value) {
    return field.type === 'text' && !field.list && value !== 'null' && !SAFE_TEXT.test(value) ? JSON.stringify(value) : value;
  }

  #changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#check(), REST_MS);
  }

  #asked() {
    const extra = (name) => this.fields.get(`:${name}`)?.control.value.trim() ?? '';
    const asked = this.parent ? { from: { run: this.parent.row.id, step: this.parent.step } } : { preset: this.preset.name };
    asked.set = Object.fromEntries(this.set);
    const whole = (text) => (/^\d{1,15}$/.test(text) ? Number(text) : text);
    if (extra('seed')) asked.seed = whole(extra('seed'));
    if (extra('threads')) asked.threads = whole(extra('threads'));
    if (extra('name')) asked.name = extra('name');
    return asked;
  }

  async #check() {
    if (!this.fields.size || !this.root.isConnected) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const outlook = await api.order('check', this.#asked());
      if (turn !== this.turn) return;
      if (outlook.error) this.#faults({ ...outlook.error, fields: outlook.fields });
      else this.#good(outlook);
    } catch (e) {
      if (turn === this.turn) this.#faults(e);
    }
  }

  #good(o) {
    this.#clear();
    const there = o.there && this.app.data.row(o.there);
    const cores = this.fields.get(':threads')?.control.value.trim() || this.form.cores;
    fill(this.outlook, there
      ? ['This very run is there already: ', h('button', { type: 'button', class: 'link', onclick: () => this.#show(there.id) }, there.path), '.']
      : `${short(o.parameters)} parameters, ${short(o.steps - o.begins)} steps, ${short(o.tokens)} tokens; ${about(o.seconds)}${o.seconds === null ? '' : ` on ${cores} ${Number(cores) === 1 ? 'core' : 'cores'}, at most`}.`);
  }

  #show(id) {
    this.app.choose(id);
    this.app.store.set({ view: 'time' });
  }

  #clear() {
    for (const field of this.fields.values()) {
      say(field.fault, '');
      field.control.removeAttribute('aria-invalid');
    }
    this.general.hidden = true;
    fill(this.outlook, ' ');
  }

  #faults(error) {
    this.#clear();
    let placed = false;
    for (const [path, message] of Object.entries(error.fields ?? {})) {
      const field = this.fields.get(path) ?? this.fields.get(`:${path}`);
      if (!field) continue;
      placed = true;
      say(field.fault, message);
      field.control.setAttribute('aria-invalid', 'true');
      field.open.forEach((d) => (d.open = true));
    }
    const own = ['name', 'seed', 'threads'].find((n) => error.message.startsWith(`request: ${n}`) || error.message.startsWith(`${n}: `) || error.message.includes(`${n}: expected`));
    if (!placed && own && this.fields.has(`:${own}`)) {
      say(this.fields.get(`:${own}`).fault, error.message.replace(/^request: /, ''));
      return;
    }
    this.general.hidden = placed && Object.values(error.fields).join('\n') === error.message;
    say(this.general, error.message);
  }

  async #submit(event) {
    event.preventDefault();
    clearTimeout(this.timer);
    this.turn = (this.turn ?? 0) + 1;
    /** @type {HTMLButtonElement} */ (this.go).disabled = true;
    try {
      const job = await api.order('runs', this.#asked());
      this.#clear();
      this.app.control.told(job);
      this.app.control.follow(job, this.parent?.row.id ?? null);
      say(this.outlook, 'It is starting; its curves appear here by themselves.');
    } catch (e) {
      this.#faults(e);
      const first = [...this.fields.values()].find((f) => f.control.getAttribute('aria-invalid'));
      first?.control.focus();
    } finally {
      /** @type {HTMLButtonElement} */ (this.go).disabled = false;
    }
  }

  /** Starts the first preset as it is. */
  async startFirst() {
    try {
      const job = await api.order('runs', { preset: this.form?.first ?? 'r0-2l' });
      this.app.control.told(job);
      this.app.control.follow(job);
    } catch (e) {
      this.app.control.failed(e);
    }
  }
}
