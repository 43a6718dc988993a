/** The view Study: how far it is, and what it has shown: primary claims first. */
import * as api from './api.js';
import { button, choice, fill, h, svg } from './dom.js';
import { about } from './start.js';
import { number, short } from './scale.js';

const SIGNS = { running: '◐', done: '●', stopped: '■', diverged: '✕', interrupted: '◌', 'not begun': '·' };
const VERDICTS = { holds: '✓', fails: '✕', undecided: '?' };
const RATE = 4000;
const WIDTH = 240;
const HEIGHT = 34;

export class StudyView {
  constructor(app) {
    this.app = app;
    this.root = h('section', { class: 'view study', 'aria-label': 'Study' });
    this.answers = new Map();
    this.asked = new Map();
    /** Studies that were drawn: what is open in them is left as it is. */
    this.built = new Set();
  }

  update(state, changed) {
    const studies = this.app.data.home.studies;
    const study = studies.find((s) => s.id === state.study) ?? studies.find((s) => s.run === state.main) ?? studies[0];
    if (!study) return this.#none();
    const answer = this.answers.get(study.id);
    if (!answer || changed.has('home') || changed.has('view') || changed.has('jobs')) this.#ask(study.id);
    if (!answer) return fill(this.root, h('p', {}, 'Reading the study …'));
    if (answer === this.shown) return;
    this.shown = answer;
    this.#build(answer, studies);
  }

  /** At most every few seconds, while runs go on. */
  #ask(id) {
    const wait = RATE - (performance.now() - (this.asked.get(id) ?? -RATE));
    if (this.waiting) return;
    this.waiting = setTimeout(async () => {
      try {
        this.asked.set(id, performance.now());
        const answer = await api.json(`studies/${id}`);
        if (JSON.stringify(answer) !== JSON.stringify(this.answers.get(id))) {
          this.answers.set(id, answer);
          this.app.store.touch('data');
        }
      } catch (e) {
        this.app.control.failed(e);
      } finally {
        this.waiting = 0;
      }
    }, Math.max(0, wait));
  }

  #none() {
    this.shown = null;
    fill(this.root, h('h2', {}, 'No study here yet'),
      h('p', {}, 'The quick study trains small models with and without induction heads side by side, analyses them, and holds the results against the claims of the paper. It takes minutes, can be stopped, and goes on where it was.'),
      this.app.control.may && h('p', {}, button('Start it', 'Run the quick study', () => this.app.control.reproduce(), { class: 'go' })),
      h('p', {}, 'The same on the terminal:'), h('pre', {}, h('code', {}, './refrain reproduce')));
  }

  #build(a, studies) {
    const total = a.runs.length;
    const opened = new Set([...this.root.querySelectorAll('details')].filter((d) => d.open).map((d) => d.dataset.key));
    const stopped = a.running === 0 && a.left > 0;
    fill(this.root,
      studies.length > 1 && choice('Study', studies.map((s) => ({ value: s.id, text: s.title || s.name })), a.id, (v) => this.app.store.set({ study: v })),
      h('h2', {}, a.title),
      h('p', { class: 'made' }, `${a.name}, ${a.seeds} ${a.seeds === 1 ? 'seed' : 'seeds'}, in ${a.path}`),
      h('div', { class: 'bar' },
        h('progress', { max: total, value: a.done, 'aria-label': 'Runs that are done' }),
        h('span', {}, `${a.done} of ${total} runs are done${a.running ? `, ${a.running} running` : ''}${a.left ? `, ${a.left} left` : ''}.`),
        a.done < total && a.secondsLeft !== null && h('span', { class: 'muted' }, `${about(a.secondsLeft)} of one core to go at most, by the runs that are done.`),
        stopped && this.app.control.may && a.name === 'quick' && button('Go on', 'Run what is left of it', () => this.app.control.reproduce(), { class: 'small' })),
      this.#registered(a),
      this.#runs(a, opened),
      a.arguments.map((argument) => this.#argument(argument, opened)));
    this.built.add(a.id);
  }

  #registered(a) {
    const judge = button(a.report ? 'Judge again' : 'Judge what is there', 'Judge the claims on the runs that are done, as ./refrain report does', () => this.app.control.judge(a.id), { class: 'small' });
    if (!a.report) return h('div', { class: 'bar' }, h('span', {}, a.done < a.runs.length ? 'No verdicts yet: claims are judged when all runs are done.' : 'No verdicts yet.'), a.done > 0 && this.app.control.may && judge);
    const r = a.report.registration;
    const newer = a.done - a.report.runs;
    return h('div', {},
      h('p', {}, h('strong', {}, r?.registered ? 'Registered' : 'Not registered'), r ? `: ${r.reason}.` : ': a study of one’s own.'),
      h('div', { class: 'bar' }, h('span', { class: 'made' }, `Verdicts on ${a.report.runs} runs, of ${new Date(a.report.made).toLocaleString()}.${newer > 0 ? ` ${newer} more are done since.` : ''}`), newer > 0 && this.app.control.may && judge),
      h('p', {}, a.report.tallies.filter((t) => t.claims).map((t) => `${t.claims} ${t.kind} claims: ${Object.entries(t).filter(([k]) => !['kind', 'claims'].includes(k)).map(([k, n]) => `${n} ${k}`).join(', ')}. `)));
  }

  #runs(a, opened) {
    const variants = [...new Set(a.runs.map((r) => r.variant))];
    return h('details', { class: 'group', 'data-key': 'runs', open: opened.has('runs') || (a.done < a.runs.length && !this.built.has(a.id)) },
      h('summary', {}, h('strong', {}, 'Its runs'), h('span', { class: 'muted' }, ' ● done ◐ running ◌ interrupted · not begun')),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Runs of the study' }, h('table', {},
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'variant'), h('th', { scope: 'col' }, 'seeds'))),
        h('tbody', {}, variants.map((v) => h('tr', {}, h('th', { scope: 'row' }, v), h('td', {}, a.runs.filter((r) => r.variant === v).map((r) => this.#run(r)))))))));
  }

  #run(r) {
    const done = ['done', 'stopped'].includes(r.state);
    const words = `${r.variant}, seed ${r.seed}: ${r.state}${done || r.state === 'not begun' ? '' : `, step ${short(r.step)} of ${short(r.steps)}`}`;
    const sign = done ? '●' : SIGNS[r.state] ?? '○';
    const share = r.state === 'running' ? ` ${Math.round((100 * r.step) / r.steps)} %` : '';
    return r.run
      ? button(`${r.seed} ${sign}${share}`, words, () => {
        this.app.choose(r.run);
        this.app.store.set({ view: 'time' });
      }, { class: 'chip' })
      : h('span', { class: 'chip muted', title: words }, `${r.seed} ${sign}`);
  }

  #argument(argument, opened) {
    const primary = argument.claims.filter((c) => c.kind === 'primary');
    const others = argument.claims.filter((c) => c.kind !== 'primary');
    return h('section', { class: 'argument' },
      h('h3', {}, argument.label === argument.id ? argument.title : `${argument.label}. ${argument.title}`),
      argument.paper && h('p', { class: 'made' }, `The paper: ${argument.paper}`),
      primary.map((c) => claim(c)),
      others.length > 0 && h('details', { class: 'group', 'data-key': argument.id, open: opened.has(argument.id) }, h('summary', {}, `${others.length} exploratory ${others.length === 1 ? 'claim' : 'claims'}`), others.map((c) => claim(c))));
  }
}

function claim(c) {
  const v = c.verdict;
  const kind = v ? (v.verdict.startsWith('holds') ? 'holds' : v.verdict.startsWith('undecided') ? 'undecided' : 'fails') : 'none';
  return h('article', { class: `claim ${kind}` },
    h('div', { class: 'bar' }, h('span', { class: 'verdict' }, v ? `${VERDICTS[kind]} ${v.verdict}` : 'not judged'), h('code', {}, c.id), h('span', { class: 'muted' }, `${c.kind}, ${c.data}`)),
    h('p', {}, `${c.sentence}.`),
    v ? [measured(v, 'measured'), v.control && measured(v.control, 'control')] : h('p', { class: 'made' }, `${c.quantity}: has to be ${c.bar}, on ${c.needs} seeds.`),
    v?.reason && h('p', { class: 'made' }, `${v.reason}.`));
}

/** A number with its interval beside the bar that it has to pass. */
function measured(m, what) {
  const interval = m.low === null || m.high === null ? '' : `, interval ${number(m.low)} to ${number(m.high)}`;
  return h('div', { class: 'measured' },
    h('span', {}, `${what}: ${m.quantity}`),
    picture(m),
    h('span', { class: 'num' }, m.estimate === null ? 'no value' : `${number(m.estimate)}${interval}; bar ${m.bar}; n = ${m.n}`));
}

function picture(m) {
  const bars = (String(m.bar).match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  if (m.estimate === null || !bars.length) return null;
  const ends = [m.low, m.high, m.estimate, ...bars].filter((x) => x !== null && Number.isFinite(x));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const pad = (high - low || Math.abs(high) || 1) * 0.12;
  const x = (v) => 8 + ((v - low + pad) / (high - low + 2 * pad)) * (WIDTH - 16);
  const y = HEIGHT / 2;
  return svg('svg', { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `estimate ${number(m.estimate)}, bar ${m.bar}` },
    svg('line', { class: 'axis', x1: 4, x2: WIDTH - 4, y1: y, y2: y }),
    bars.map((b) => svg('line', { class: 'level', x1: x(b), x2: x(b), y1: 4, y2: HEIGHT - 4 })),
    m.low !== null && m.high !== null && svg('line', { class: 'interval', x1: x(m.low), x2: x(m.high), y1: y, y2: y }),
    svg('circle', { class: 'estimate', cx: x(m.estimate), cy: y, r: 4.5 }));
}
