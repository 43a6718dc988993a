/**
 * What the laboratory was asked and has answered. A panel asks for what it shows; while it is
 * computed the panel keeps what it had. Of several questions of one panel only the newest matters: of
 * quick ones one is under way, one waits, those between are never asked; a long one is given up for a
 * newer one.
 */
import * as api from './api.js';
import { interventions } from './edits.js';
import { parseSequence } from './sequence.js';

const KEPT = 300;
const PLACEBOS = 12;
const BUSY = 429;
const NOT_THERE = 409;
const AGAIN_MS = 1000;

/** By what the server knows which questions are of one panel of one tab. */
export const TAB = Array.from(crypto.getRandomValues(new Uint8Array(6)), (b) => b.toString(16).padStart(2, '0')).join('');

export class Lab {
  constructor(app) {
    this.app = app;
    this.answers = new Map();
    this.panels = new Map();
  }

  /** A text at a step under edits: losses, next tokens at a position, placebo. */
  pass(panel, { id, step, text, edits, position, patterns = null, chosen = [], placebos = PLACEBOS }) {
    const body = { step, text: parseSequence(text), interventions: interventions(edits), position, placebos, patterns, chosen };
    return this.#ask(panel, `runs/${id}/pass`, body);
  }

  circuit(panel, id, step) {
    return this.#ask(panel, `runs/${id}/circuit?step=${step}`, null, true);
  }

  tables(panel, id, step, head, through, tokens) {
    return this.#ask(panel, `runs/${id}/tables?step=${step}&head=${head}${through ? `&through=${through}` : ''}${tokens.length ? `&tokens=${tokens.join(',')}` : ''}&top=8`, null);
  }

  evidence(panel, id, step, head) {
    return this.#ask(panel, `runs/${id}/evidence?step=${step}&head=${head}`, null, true);
  }

  /** @returns {{answer: any, failed: string}|null} null while it is computed */
  #ask(panel, path, body, long = false) {
    const key = body ? `${path}|${JSON.stringify(body)}` : path;
    const known = this.answers.get(key);
    if (known) return known;
    const at = this.panels.get(panel) ?? { now: null, next: null, abort: null };
    this.panels.set(panel, at);
    if (at.now === key) at.next = null;
    else if (at.now && !long) at.next = { key, path, body };
    else this.#send(panel, at, { key, path, body });
    return null;
  }

  async #send(panel, at, { key, path, body }) {
    at.abort?.abort();
    const abort = new AbortController();
    Object.assign(at, { now: key, abort });
    const begun = performance.now();
    const name = `${TAB}.${panel}`;
    try {
      const answer = body ? await api.question(path, { ...body, for: name }, abort.signal) : await api.json(`${path}&for=${name}`, abort.signal);
      this.#keep(key, { answer, failed: '' });
    } catch (e) {
      if (at.abort !== abort) return;
      this.#failed(key, e);
    }
    performance.measure('refrain.answer', { start: begun, detail: panel });
    if (at.abort !== abort) return this.app.store.touch('lab');
    Object.assign(at, { now: null, abort: null });
    const { next } = at;
    at.next = null;
    if (this.answers.has(key)) this.app.store.touch('lab');
    if (next && !this.answers.has(next.key)) this.#send(panel, at, next);
  }

  /** What may go next time is asked again after a while; another failure stays the answer. */
  #failed(key, e) {
    if (e.status === BUSY || e.status === NOT_THERE) setTimeout(() => this.app.store.touch('lab'), AGAIN_MS);
    else this.#keep(key, { answer: null, failed: [e.message, e.remedy].filter(Boolean).join('. ') });
  }

  #keep(key, value) {
    this.answers.set(key, value);
    while (this.answers.size > KEPT) this.answers.delete(this.answers.keys().next().value);
  }
}
