/**
 * The tables of the chosen head, by its weights: which tokens' logits attending to a token raises
 * (OV), and which keys a query of it looks for (QK), perhaps through an earlier head.
 */
import { button, choice, fill, h, say, setOptions } from './dom.js';
import { saveCsv } from './save.js';
import { number, short } from './scale.js';
import { headName, parseHead } from './training.js';

const MOST_TOKENS = 24;
const SHOWN = 6;
const NONE = '';

export class TablesPart {
  constructor(app) {
    this.app = app;
    this.through = choice('Keys read through', [], '', (v) => app.store.set({ through: v || null }));
    this.said = h('p', { role: 'status' });
    this.body = h('div', { class: 'grid two' });
    this.root = h('section', { 'aria-label': 'OV and QK tables' }, h('div', { class: 'bar' }, this.through), this.said, this.body);
  }

  update({ state, t, at, head }) {
    const layer = parseHead(head)?.layer ?? 0;
    const earlier = Array.from({ length: layer }, (_, l) => Array.from({ length: t.row.heads }, (_, i) => headName(l, i))).flat();
    setOptions(this.through.querySelector('select'), [{ value: NONE, text: 'the embedding' }, ...earlier.map((v) => ({ value: v, text: v }))], earlier.includes(state.through) ? state.through : NONE);
    const text = this.app.data.text(at.id, at.text);
    const tokens = [...new Set([text.tokens[at.position], text.tokens[at.position + 1], ...text.tokens].filter((v) => v !== undefined))].slice(0, MOST_TOKENS).sort((a, b) => a - b);
    const through = earlier.includes(state.through) ? state.through : null;
    const reply = this.app.lab.tables('tables', at.id, at.step, head, through, tokens);
    if (reply?.failed) return say(this.said, reply.failed);
    const lit = text.tokens[at.position];
    if (!reply || (this.shown === reply.answer && this.lit === lit)) return;
    Object.assign(this, { shown: reply.answer, lit });
    this.#show(reply.answer, lit);
  }

  #show(a, lit) {
    const counted = a.counted;
    const keys = a.through ? `the key that ${a.through} leaves behind a token like them` : 'the key of their own token';
    const share = (v) => `${Math.round(100 * v)} %`;
    say(this.said, `${a.head} at step ${short(a.step)}: of ${counted} tokens ${share(a.copies)} raise their own logit most when attended to, and ${share(a.matches)} as queries score ${keys} highest. Values are ${a.says}.`);
    fill(this.body,
      this.#table(`OV of ${a.head}: attending to … raises the logit of`, ['token', 'raises most', 'lowers most', 'its own', 'rank'],
        a.rows.map((r) => ({ lit: r.token === lit, cells: [r.name, entries(r.raised), entries(r.lowered), r.own.value, r.ownRank] }))),
      this.#table(`QK of ${a.head}${a.through ? ` through ${a.through}` : ''}: a query of … looks for`, ['token', 'keys it scores highest', 'its own', 'rank'],
        a.rows.map((r) => ({ lit: r.token === lit, cells: [r.name, entries(r.preferred), r.self.value, r.selfRank] }))));
  }

  #table(title, columns, rows) {
    const save = button('CSV', `Save ${title} as CSV`, () => saveCsv(title, { columns, rows: rows.map((r) => r.cells) }), { class: 'small' });
    return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
      h('table', {},
        h('caption', {}, title, ' ', save),
        h('thead', {}, h('tr', {}, columns.map((c) => h('th', { scope: 'col' }, c)))),
        h('tbody', {}, rows.map((r) => h('tr', { class: r.lit ? 'main' : null }, r.cells.map((c, i) =>
          (i === 0 ? h('th', { scope: 'row' }, `${r.lit ? '▸ ' : ''}${c}`) : h('td', { class: typeof c === 'number' ? 'num' : null }, typeof c === 'number' ? (Number.isInteger(c) ? String(c) : number(c)) : c))))))));
  }
}

const entries = (list) => list.slice(0, SHOWN).map((e) => `${e.name} ${number(e.value)}`).join(', ');
