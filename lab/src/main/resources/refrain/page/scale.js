/**
 * From steps to pixels and back. The axis of training is ln(x + t0), where t0 is the warm-up: the
 * first steps are not stretched without end, and step 0 has a place.
 */

/**
 * @typedef {object} Axis
 * @property {boolean} log
 * @property {number} offset t0, in units of x
 * @property {number} perStep x per step of the main run: 1, or its tokens per step
 * @property {string} title
 */

/** @returns {Axis} */
export function axisOf(state, row) {
  const tokens = state.unit === 'tokens';
  const perStep = tokens ? row?.tokensPerStep || 1 : 1;
  const offset = Math.max(1, row?.t0 || 1) * perStep;
  const log = state.axis === 'log';
  const what = tokens ? 'tokens' : 'step';
  return { log, offset, perStep, title: log ? `ln(${what} + ${short(offset)})` : tokens ? 'tokens' : 'steps' };
}

export const warp = (axis, x) => (axis.log ? Math.log(x + axis.offset) : x);
export const unwarp = (axis, u) => (axis.log ? Math.exp(u) - axis.offset : u);

/** x from low to high on pixels from left to right. */
export class XScale {
  /** @param {Axis} axis */
  constructor(axis, low, high, left, right) {
    this.axis = axis;
    this.low = low;
    this.high = high > low ? high : low + 1;
    this.u0 = warp(axis, this.low);
    this.slope = (right - left) / (warp(axis, this.high) - this.u0);
    this.left = left;
    this.right = right;
  }

  at(x) {
    return this.left + (warp(this.axis, x) - this.u0) * this.slope;
  }

  x(pixel) {
    return unwarp(this.axis, (pixel - this.left) / this.slope + this.u0);
  }

  /** Round numbers with at least `gap` pixels between them. */
  ticks(gap) {
    const found = [];
    const add = (x) => {
      const at = this.at(x);
      if (x < this.low - 1e-9 || x > this.high + 1e-9) return;
      if (found.every((t) => Math.abs(t.at - at) >= gap)) found.push({ x, at, text: short(x) });
    };
    if (!this.axis.log || this.high - this.low < this.axis.offset / 2) {
      linearTicks(this.low, this.high, Math.max(2, (this.right - this.left) / gap)).forEach(add);
      return found;
    }
    if (this.low <= 0) add(0);
    for (const lead of [1, 5, 2]) {
      for (let e = Math.floor(Math.log10(this.high)); e >= 0; e--) add(lead * 10 ** e);
    }
    return found.sort((a, b) => a.x - b.x);
  }
}

/** Round values from low to high, about `count` of them. */
export function linearTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? 10 * power;
  const ticks = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9 * step; v += step) ticks.push(Math.abs(v) < step / 1e6 ? 0 : v);
  return ticks;
}

/** 1200 as 1.2k: whole numbers of steps and tokens. */
export function short(x) {
  for (const [size, sign] of [[1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
    if (Math.abs(x) >= size) {
      const unit = sign === 'k' ? 1e3 : /** @type {number} */ (size);
      return `${+(x / unit).toPrecision(3)}${sign}`;
    }
  }
  return String(+x.toPrecision(4)).replace('-', '−');
}

/** A measured value with three or four figures and a true minus. */
export function number(v) {
  if (v === null || v === undefined || Number.isNaN(v)) return '–';
  const a = Math.abs(v);
  const text = a >= 1000 ? v.toFixed(0) : a >= 100 ? v.toFixed(1) : a >= 10 ? v.toFixed(2) : a >= 0.001 || a === 0 ? v.toFixed(3) : v.toExponential(1);
  return text.replace('-', '−');
}

/** The largest index whose value is at most x, or 0; `sorted` ascends. */
export function indexAt(sorted, n, x) {
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
