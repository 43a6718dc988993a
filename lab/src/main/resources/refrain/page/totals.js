/** What switching changes of a whole text: losses and ICL score, beside what the placebo changes. */
import { term } from './cards.js';
import { button, fill, h } from './dom.js';
import { median } from './placebo.js';
import { saveCsv } from './save.js';
import { number } from './scale.js';

const COLUMNS = ['of this text', 'as it is', 'switched', 'change', 'placebo’s change', 'rank'];
const signed = (v) => (v === null || v === undefined || Number.isNaN(v) ? '–' : `${v > 0 ? '+' : ''}${number(v)}`);
const mean = (values) => {
  const known = values.filter((v) => v !== null && Number.isFinite(v));
  return known.length ? known.reduce((a, b) => a + b, 0) / known.length : NaN;
};

export class Totals {
  constructor(app) {
    this.app = app;
    this.root = h('div', { class: 'totals' });
  }

  /** @param {any} pass an answer @param {any} details of the run @param {string} placebo which heads, in words */
  update(pass, details, placebo) {
    if (this.shown === pass && this.words === placebo) return;
    this.shown = pass;
    this.words = placebo;
    if (!pass) return fill(this.root);
    const rows = totalsOf(pass, details);
    const first = (row) => (row.word ? term(this.app, row.word, row.name) : row.name);
    fill(this.root, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'What the switches change of this text' },
      h('table', {},
        h('caption', {}, 'This text, in nats', ' ', button('CSV', 'Save these numbers as CSV', () => saveCsv('switched-totals', { columns: COLUMNS, rows: rows.map((r) => [r.name, ...r.values, r.placebo, r.rank]) }), { class: 'small' })),
        h('thead', {}, h('tr', {}, COLUMNS.map((c, i) => h('th', { scope: 'col', class: i ? 'num' : null }, c)))),
        h('tbody', {}, rows.map((r) => h('tr', {}, h('th', { scope: 'row', class: 'nowrap' }, first(r)),
          r.values.map((v, i) => h('td', { class: 'num' }, i === 2 ? signed(v) : number(v))), h('td', { class: 'num' }, r.placebo), h('td', { class: 'num' }, r.rank)))))),
    h('p', { class: 'made' }, `${lateWords(details)}${pass.placebo.sets.length ? `Placebo: median, and least to greatest, of ${pass.placebo.sets.length} ${pass.placebo.sets.length === 1 ? 'set' : 'sets'} of other heads. Rank: number of the change among them, 1 if none of theirs is larger.` : placebo}`));
  }
}

/** Where in the context "late" is. */
function lateWords(details) {
  const icl = details?.spec?.probing?.measures?.icl;
  return icl ? `Late: index ${icl.late}${icl.halfWidth ? ` ± ${icl.halfWidth}` : ''} of the context, as in the ICL score. ` : '';
}

/** Rows of losses and ICL score: before, after, change, and the placebo's median and range. */
export function totalsOf(pass, details) {
  const { sets } = pass.placebo;
  const icl = details?.spec?.probing?.measures?.icl;
  const rows = [row('loss', '', [mean(pass.before), mean(pass.after)], sets.map((s) => s.change.loss.mean), pass.change.loss.mean)];
  if (icl && pass.icl !== null) {
    const late = (losses) => mean(losses.slice(Math.max(0, icl.late - icl.halfWidth), icl.late + icl.halfWidth + 1));
    const others = pass.others?.length ? late(pass.others) - late(pass.before) : NaN;
    const lateRow = row('late loss', '', [late(pass.before), late(pass.after)], [], late(pass.after) - late(pass.before));
    rows.push({ ...lateRow, placebo: Number.isNaN(others) ? 'none' : `${signed(others)} (mean)`, rank: '' });
    rows.push(row('ICL score', 'icl', [pass.icl, pass.icl + pass.change.icl.mean], sets.map((s) => s.change.icl.mean), pass.change.icl.mean));
  }
  return rows;
}

function row(name, word, [before, after], others, change) {
  const sorted = others.filter((v) => v !== null).sort((a, b) => a - b);
  const n = sorted.length;
  const middle = signed(median(sorted));
  const placebo = n === 0 ? 'none' : n === 1 ? middle : `${middle} (${signed(sorted[0])} to ${signed(sorted[n - 1])})`;
  const rank = n ? `${1 + sorted.filter((v) => v > change).length} of ${n + 1}` : '';
  return { name, word, values: [before, after, change], placebo, rank };
}
