/**
 * A sequence of one's own. Synthetic languages have words that nobody can guess, so they are picked
 * from all that there are; a text model takes free text. Ready-made: the shapes of the paper.
 */
import * as api from './api.js';
import { button, fill, h, say } from './dom.js';
import { isOwn, ofTokens, parseSequence } from './sequence.js';

const REST_MS = 400;
const MOST_CHIPS = 256;
const WORD = /^·?\p{L}{3,}$/u;
const CODE = 'int total = count + offset;\nif (total > limit) {\n  return total';

export class Picker {
  constructor(app) {
    this.app = app;
    this.draft = [];
    this.examples = h('div', { class: 'bar', role: 'group', 'aria-label': 'Examples' });
    this.chosen = h('div', { class: 'chips chosen', role: 'group', 'aria-label': 'The sequence; a click takes a word out' });
    this.count = h('span', { class: 'muted', role: 'status' });
    this.filter = /** @type {HTMLInputElement} */ (h('input', { type: 'search', 'aria-label': 'Words of the language', placeholder: 'find a word; Enter takes all that is typed', oninput: () => this.#list(), onkeydown: (e) => e.key === 'Enter' && this.#typed(this.filter.value, true) }));
    this.all = h('div', { class: 'chips', role: 'group', 'aria-label': 'Words to take' });
    this.words = h('div', {}, h('div', { class: 'bar' }, this.filter, this.count, button('take the last out', 'Take the last word out', () => this.#set(this.draft.slice(0, -1)), { class: 'small' }), button('clear', 'Begin anew', () => this.#set([]), { class: 'small' })), this.chosen, this.all);
    this.text = /** @type {HTMLTextAreaElement} */ (h('textarea', { rows: 3, 'aria-label': 'Own text', placeholder: 'any text', onkeydown: (e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey) && this.#typed(this.text.value) }));
    this.free = h('div', { class: 'free' }, this.text, h('div', { class: 'bar' }, button('Show it', 'Show this text (Ctrl+Enter)', () => this.#typed(this.text.value))));
    this.title = h('summary', {}, 'Own words');
    this.root = /** @type {HTMLDetailsElement} */ (h('details', { class: 'picker', ontoggle: () => this.root.open && this.#list() }, this.title, this.examples, this.words, this.free));
  }

  update(state) {
    const details = state.main ? this.app.data.details(state.main) : null;
    this.root.hidden = !details?.tokenNames;
    if (!details?.tokenNames) return;
    if (this.details?.id !== details.id) this.#of(details);
    this.details = details;
    const { tokens, kind, n } = parseSequence(state.text);
    if (details.examples && kind && this.example !== state.text) {
      this.example = state.text;
      this.text.value = (kind === 'evaluation' && details.examples[n]?.text) || '';
    }
    if (!this.timer && (tokens ?? []).join() !== this.draft.join()) {
      this.draft = tokens ?? [];
      this.#showDraft();
    }
  }

  /** The run's own words and examples. */
  #of(details) {
    this.details = details;
    this.words.hidden = details.isText;
    this.free.hidden = !details.isText;
    say(this.title, details.examples ? 'Prompt' : 'Own words');
    if (details.examples) {
      this.root.open = true;
      this.example = null;
    }
    const given = (details.examples ?? []).map((e, n) => ({ ...e, play: () => this.app.store.set({ text: `evaluation.${n}`, token: null }) }));
    if (details.examples) given.push({ name: 'random tokens', says: '25 random tokens, said four times', play: () => this.app.store.set({ text: 'repeated.0', token: null }) });
    const made = details.examples ? given : examples(details).map((e) => ({ ...e, play: () => (e.text ? this.#typed(e.text) : this.#play(e.tokens)) }));
    fill(this.examples, h('span', { class: 'muted' }, 'Examples'), made.map((e) => button(e.name, e.says, e.play, { class: 'small' })));
    this.#list();
    this.#showDraft();
  }

  #play(tokens) {
    this.draft = tokens;
    this.#showDraft();
    this.app.store.set({ text: ofTokens(tokens), token: tokens.length - 1 });
  }

  #list() {
    if (!this.root.open || !this.details || this.details.isText) return;
    const typed = this.filter.value.trim().split(/\s+/).at(-1)?.toLowerCase() ?? '';
    const names = this.details.tokenNames;
    const found = names.map((name, id) => ({ name, id })).filter((w) => w.name.toLowerCase().startsWith(typed));
    const more = found.length - MOST_CHIPS;
    fill(this.all, found.slice(0, MOST_CHIPS).map((w) => button(w.name, `Take ${w.name}`, () => this.#set([...this.draft, w.id]), { class: 'chip' })), more > 0 && h('span', { class: 'muted' }, `and ${more} more: type the beginning of a word`));
  }

  #showDraft() {
    const { details, draft } = this;
    if (!details) return;
    fill(this.chosen, draft.map((id, i) => button(details.tokenNames[id] ?? `#${id}`, `Take ${details.tokenNames[id]}, word ${i}, out`, () => this.#set(draft.filter((_, k) => k !== i)), { class: 'chip' })));
    say(this.count, draft.length === 1 ? 'one word; a sequence has two at least' : `${draft.length} of at most ${details.context}`);
  }

  /** Words follow each other quickly: a film is asked for when the hand rests. */
  #set(tokens) {
    if (tokens.length > this.details.context) {
      this.app.notify(`This model was trained on ${this.details.context} tokens at once: a longer sequence says nothing of it.`);
      return;
    }
    this.draft = tokens;
    this.#showDraft();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = 0;
      const { store } = this.app;
      if (this.draft.length > 1) store.set({ text: ofTokens(this.draft), token: this.draft.length - 1 });
      else if (!this.draft.length && isOwn(store.get().text)) store.set({ text: 'evaluation.0', token: null });
    }, REST_MS);
  }

  async #typed(text, add = false) {
    if (!text.trim()) return;
    const { store } = this.app;
    try {
      const found = await api.json(`runs/${store.get().main}/text?typed=${encodeURIComponent(text)}`);
      this.filter.value = '';
      this.#list();
      if (add) this.#set([...this.draft, ...found.tokens]);
      else this.#play(found.tokens);
    } catch (e) {
      store.set({ error: { message: e.message, remedy: e.remedy ?? '', where: '' } });
    }
  }
}

/** Sequences in the shapes that the paper speaks of, in the words of this run. */
function examples({ tokenNames, isText, context, spec }) {
  const all = tokenNames.map((name, id) => ({ name, id })).filter((w) => !isText || WORD.test(w.name));
  // Spread over the vocabulary, the same for every run of a language.
  const pick = (i) => all[(i * 7 + 3) % all.length].id;
  const filler = Math.min(9, context - 4);
  if (all.length < filler + 4 || filler < 2) return [];
  const words = Array.from({ length: filler }, (_, i) => pick(i + 2));
  const [a, b] = [pick(0), pick(1)];
  const name = (id) => tokenNames[id];
  const half = words.slice(0, Math.floor(context / 2));
  const made = [
    { name: `${name(a)} ${name(b)} … ${name(a)}`, says: `A B … A: does a head that reads the second ${name(a)} look at ${name(b)}?`, tokens: [a, b, ...words, a] },
    { name: 'a passage twice', says: 'The same words twice: the second time each could be looked up', tokens: [...half, ...half] },
    { name: `${name(a)} ${name(b)} … ${name(a)} ${name(words[0])} … ${name(a)}`, says: 'A B … A C … A: two continuations to choose from', tokens: [a, b, ...words.slice(1, 4), a, words[0], ...words.slice(4, 7), a] },
  ];
  if (isText && spec?.data?.kind === 'code') made.unshift({ name: 'a name again', says: 'Source code in which a name is used again', text: CODE });
  return made.filter((e) => e.text || e.tokens.length <= context);
}
