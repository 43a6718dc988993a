/**
 * The patterns of all heads over training, on one sequence: a frame a checkpoint, sent as it is
 * computed. A pattern is a byte an entry of the lower triangle, 255 sqrt(p), so that small
 * probabilities stay apart.
 */
import * as api from './api.js';
import { asked } from './lab.js';
import { indexAt } from './scale.js';

const MOST = 200;
const HEADER = 24;
const THUMBNAILS = 1;
const TRUE_TABLE = 2;

export class Film {
  /** @param {number|null} [only] the one step that it has a frame of; null: all checkpoints */
  constructor(id, text, head, told, only = null) {
    this.id = id;
    this.text = text;
    this.head = head;
    this.told = told;
    this.only = only;
    this.abort = new AbortController();
    this.count = 0;
    this.ready = 0;
    this.T = 0;
    this.layers = 0;
    this.heads = 0;
    this.size = 0;
    this.steps = new Float64Array(0);
    this.failed = null;
    this.renewing = null;
    this.began = performance.now();
  }

  stop() {
    this.abort.abort();
  }

  async start() {
    try {
      const which = this.only === null ? { most: MOST } : { steps: [this.only] };
      const reader = await api.film(this.id, { text: asked(this.text), ...which, ...(this.head ? { head: this.head } : {}) }, this.abort.signal);
      await this.#read(reader);
    } catch (e) {
      this.failed = e;
      this.told();
      throw e;
    }
  }

  async #read(reader) {
    let rest = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest = join(rest, value);
      rest = rest.subarray(this.#take(rest));
    }
    if (this.ready < this.count) throw new Error('the film ended before its last frame');
  }

  /** Takes what is whole; returns how many bytes that was. */
  #take(bytes) {
    let used = 0;
    if (!this.count) {
      used = this.#takeHeader(bytes);
      if (!used) return 0;
    }
    while (this.ready < this.count && bytes.length - used >= this.frameBytes) {
      this.#takeFrame(bytes.subarray(used, used + this.frameBytes));
      used += this.frameBytes;
    }
    if (used) this.told();
    return used;
  }

  #takeHeader(bytes) {
    if (bytes.length < HEADER) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const [count, T, layers, heads, size] = [0, 4, 8, 12, 16].map((at) => view.getUint32(at, true));
    if (bytes.length < HEADER + 8 * count) return 0;
    Object.assign(this, { count, T, layers, heads, size });
    this.steps = Float64Array.from({ length: count }, (_, i) => view.getFloat64(HEADER + 8 * i, true));
    this.entries = (size * (size + 1)) / 2;
    this.frameBytes = Math.ceil((8 * T + layers * heads * this.entries) / 8) * 8;
    const flags = view.getUint32(20, true);
    this.thumbnails = Boolean(flags & THUMBNAILS);
    this.trueBigram = Boolean(flags & TRUE_TABLE);
    this.losses = new Float32Array(count * T);
    this.bigram = new Float32Array(count * T);
    this.patterns = new Uint8Array(count * layers * heads * this.entries);
    return HEADER + 8 * count;
  }

  #takeFrame(bytes) {
    const { T, ready } = this;
    const numbers = new Float32Array(bytes.slice(0, 8 * T).buffer);
    this.losses.set(numbers.subarray(0, T), ready * T);
    this.bigram.set(numbers.subarray(T), ready * T);
    const patterns = this.layers * this.heads * this.entries;
    this.patterns.set(bytes.subarray(8 * T, 8 * T + patterns), ready * patterns);
    this.ready++;
  }

  /** The last frame that is there and not after `step`; -1 before the first has come. */
  frameAt(step) {
    return this.ready ? indexAt(this.steps, this.ready, step) : -1;
  }

  /** Whether a frame could be computed: a damaged checkpoint has no losses. */
  whole(frame) {
    return !Number.isNaN(this.losses[frame * this.T]);
  }

  /** Where the pattern of a head in a frame begins. */
  offset(frame, layer, head) {
    return ((frame * this.layers + layer) * this.heads + head) * this.entries;
  }

  /** Attention from position i to j, by head. Thumbnails give the greatest of their block. */
  attention(frame, layer, head, i, j) {
    const block = Math.ceil(this.T / this.size);
    const [a, b] = [Math.floor(i / block), Math.floor(j / block)];
    const byte = this.patterns[this.offset(frame, layer, head) + (a * (a + 1)) / 2 + b];
    return (byte / 255) ** 2;
  }

  /** Losses of predicting each position from those before it; position 0 has none. */
  tokenLoss(frame, position) {
    return position ? this.losses[frame * this.T + position - 1] : NaN;
  }

  /** What the context gave beyond the token before: the bigram table's loss minus the model's. */
  tokenGain(frame, position) {
    return position ? this.bigram[frame * this.T + position - 1] - this.losses[frame * this.T + position - 1] : NaN;
  }
}

function join(a, b) {
  if (!a.length) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
