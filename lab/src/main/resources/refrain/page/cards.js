/** Terms in place: a word with dots below it opens its card, with formula, unit and source. */
import { fill, h } from './dom.js';

/**
 * A term. The card says what the run's own measure says of itself, else what the glossary says.
 * @param {any} app
 * @param {string} word as the glossary or a measure has it
 * @param {string} text what stands on the page
 * @param {{title: string, formula: string, unit: string, source: string}|null} [measure]
 */
export function term(app, word, text, measure = null) {
  return h('button', {
    type: 'button', class: 'term', 'aria-haspopup': 'dialog',
    onclick: (e) => app.cards.open(e.currentTarget, word, text, measure),
  }, text);
}

export class Cards {
  constructor(app) {
    this.app = app;
    this.body = h('div');
    this.root = h('dialog', { class: 'card', 'aria-label': 'What a term means' }, this.body,
      h('form', { method: 'dialog' }, h('button', { class: 'small' }, 'Close')));
    this.root.addEventListener('click', (e) => {
      if (e.target === this.root) this.root.close();
    });
  }

  open(from, word, text, measure) {
    const rows = this.app.data.glossary() ?? [];
    // What the run says of its own measure stands over what the glossary says of all.
    const found = measure ? { ...lookUp(rows, word, true), ...measure } : lookUp(rows, word);
    this.show(found?.title ?? found?.word ?? text, found ? definition(found) : h('p', {}, 'The glossary has no row for this word.'));
  }

  /** A card with what somebody else has to say. */
  show(title, body) {
    fill(this.body, h('h2', {}, title), body);
    this.root.showModal();
  }
}

/** A row by its word, by one of its names or keys; else, unless exactly that is asked for, the first that has it inside. */
function lookUp(rows, word, exactly = false) {
  const w = word.toLowerCase();
  const keys = (r) => String(r.key).split(',').map((k) => k.trim());
  const found = rows.find((r) => r.word.toLowerCase() === w || keys(r).includes(word)) ?? rows.find((r) => r.names?.includes(w));
  return found ?? (exactly ? null : rows.find((r) => r.word.toLowerCase().includes(w))) ?? null;
}

/** Formula, unit and source of a row of the glossary or of a measure. */
export function definition(row) {
  const line = (name, value) => value && value !== '-' && [h('dt', {}, name), h('dd', {}, value)];
  return h('dl', {}, line('says', row.says), line('key', row.key), line('formula', row.formula), line('shape', row.shape), line('unit', row.unit), line('better', row.better && { LOWER: 'lower', HIGHER: 'higher' }[row.better]), line('source', row.source), line('class', row.class));
}

/** The glossary as a page that can be searched. */
export class GlossaryView {
  constructor(app) {
    this.app = app;
    this.search = /** @type {HTMLInputElement} */ (h('input', { type: 'search', 'aria-label': 'Search the glossary', placeholder: 'a word, a key, a formula', oninput: () => this.#list() }));
    this.list = h('div', { class: 'glossary' });
    this.count = h('p', { class: 'made', role: 'status' });
    this.root = h('section', { class: 'view', 'aria-label': 'Glossary' }, h('div', { class: 'bar' }, h('label', { class: 'field' }, h('span', {}, 'Glossary'), this.search), this.count), this.list);
  }

  update() {
    const rows = this.app.data.glossary();
    if (rows && this.shown !== rows) {
      this.shown = rows;
      this.#list();
    }
  }

  #list() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = (this.app.data.glossary() ?? []).filter((r) => {
      const text = Object.values(r).join(' ').toLowerCase();
      return words.every((w) => text.includes(w));
    });
    this.count.textContent = `${rows.length} terms`;
    fill(this.list, rows.map((r) => h('article', {}, h('h2', {}, r.word), definition(r))));
  }
}
