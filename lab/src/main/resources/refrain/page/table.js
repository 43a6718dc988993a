/** The text twin of a figure: the same numbers as a table, for reading and for screen readers. */
import { h } from './dom.js';
import { number } from './scale.js';

const MOST_ROWS = 60;

/**
 * @param {string} title
 * @param {{columns: string[], rows: (string|number)[][], keep?: (row: (string|number)[]) => boolean}} table
 */
export function tableOf(title, table) {
  const rows = thin(table.rows, table.keep);
  const left = rows.length < table.rows.length ? `${rows.length} of ${table.rows.length} rows, evenly taken; the CSV has all.` : '';
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Table: ${title}` },
    h('table', {},
      h('caption', {}, title, left && h('span', { class: 'muted' }, ` ${left}`)),
      h('thead', {}, h('tr', {}, table.columns.map((c) => h('th', { scope: 'col' }, c)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, row.map(cell))))));
}

function cell(value, i) {
  const text = typeof value === 'number' ? (Number.isInteger(value) ? String(value) : number(value)) : value;
  return i === 0 ? h('th', { scope: 'row' }, text) : h('td', { class: typeof value === 'number' ? 'num' : null }, text);
}

/** Evenly taken, and those that have to be there. */
function thin(rows, keep) {
  if (rows.length <= MOST_ROWS) return rows;
  const even = new Set(Array.from({ length: MOST_ROWS }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (MOST_ROWS - 1))]));
  return rows.filter((row) => even.has(row) || keep?.(row));
}
