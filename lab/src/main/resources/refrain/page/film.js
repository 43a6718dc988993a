/**
 * The patterns of all heads over training, on one sequence: a frame a checkpoint, sent as it is
 * computed, first those near the cursor. A pattern is a byte an entry of the lower triangle,
 * 255 sqrt(p), so that small probabilities stay apart.
 */
import * as api from './api.js';
import { indexAt } from './scale.js';
import { parseSequence } from './sequence.js';

const MOST = 200;
const HEADER = 24;
const THUMBNAILS = 1;
const TRUE_TABLE = 2;

export class Film {
  /**
   * @param {{id: string, text: string, head: string|null, weighted: boolean, near: number, only: number|null}} asked `only`: the
   *     one step that it has a frame of; null: all checkpoints
   * @param {() => void} told of each piece that came
   */
  constructor(asked, told) {
    Object.assign(this, asked);
    this.told = told;
    this.abort = new AbortController();
    this.count = 0;
    this.ready = 0;
    this.T = 0;
    this.layers = 0;
    this.heads = 0;
    this.size = 0;
    this.steps = new Float64Array(0);
    this.places = new Uint32Array(0);
    this.here = new Uint8Array(0);
    this.failed = null;
    this.renewing = null;
    this.began = performance.now();
  }

  stop() {
    this.abort.abort();
  }

  async start() {
    const which = this.only === null ? { most: MOST, near: this.near } : { steps: [this.only] };
    const asked = { text: parseSequence(this.text), ...which, weighted: this.weighted, ...(this.head && { head: this.head }) };
    try {
      const reader = await api.film(this.id, asked, this.abort.signal);
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
    if (this.ready < this.count || !this.counted) throw new Error('the film ended before its last frame');
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
    if (this.ready === this.count && !this.counted && bytes.length - used >= 4 * this.T + 8) {
      this.#takeBigrams(bytes.subarray(used, used + 4 * this.T));
      used += 4 * this.T + 8;
      this.counted = true;
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
    const sent = Float64Array.from({ length: count }, (_, i) => view.getFloat64(HEADER + 8 * i, true));
    this.steps = sent.toSorted();
    this.places = Uint32Array.from(sent, (step) => indexAt(this.steps, count, step));
    this.here = new Uint8Array(count);
    this.entries = (size * (size + 1)) / 2;
    this.frameBytes = Math.ceil((8 * T + layers * heads * this.entries) / 8) * 8;
    const flags = view.getUint32(20, true);
    this.thumbnails = Boolean(flags & THUMBNAILS);
    this.trueBigram = Boolean(flags & TRUE_TABLE);
    this.losses = new Float32Array(count * T);
    this.bigram = new Float32Array(T).fill(NaN);
    this.patterns = new Uint8Array(count * layers * heads * this.entries);
    return HEADER + 8 * count;
  }

  #takeFrame(bytes) {
    const { T } = this;
    const place = this.places[this.ready];
    const numbers = new Float32Array(bytes.slice(0, 4 * T).buffer);
    this.losses.set(numbers, place * T);
    if (Number.isNaN(this.bigram[0])) this.#takeBigrams(bytes.subarray(4 * T, 8 * T));
    const patterns = this.layers * this.heads * this.entries;
    this.patterns.set(bytes.subarray(8 * T, 8 * T + patterns), place * patterns);
    this.here[place] = 1;
    this.ready++;
  }

  /** Losses under the bigram table, the same in every frame; NaN until they were counted. */
  #takeBigrams(bytes) {
    this.bigram.set(new Float32Array(bytes.slice().buffer));
  }

  /** The last frame that is here and not after `step`, else the first one; -1 before any has come. */
  frameAt(step) {
    if (!this.ready) return -1;
    let frame = indexAt(this.steps, this.count, step);
    while (frame > 0 && !this.here[frame]) frame--;
    return this.here[frame] ? frame : this.here.indexOf(1);
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
    return position ? this.bigram[position - 1] - this.losses[frame * this.T + position - 1] : NaN;
  }
}

function join(a, b) {
  if (!a.length) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
