/** The axis of training as the present state has it: its ends, the cursor on it, the window. */
import { axisOf } from './scale.js';

/**
 * @param {import('./store.js').State & Record<string, any>} state
 * @param {import('./data.js').Data} data
 */
export function training(state, data) {
  const row = data.row(state.main);
  const details = state.main ? data.details(state.main) : null;
  const axis = axisOf(state, row);
  const last = row ? Math.max(row.step, row.model ? 0 : 1) : 1;
  const longest = Math.max(1, ...state.runs.map((id) => data.row(id)).filter(Boolean).map((r) => r.step * (state.unit === 'tokens' ? r.tokensPerStep || 1 : 1)), last * axis.perStep);
  const zoom = state.zoom;
  const x = (step) => (step === null || step === undefined ? null : step * axis.perStep);
  const window = details?.window ?? null;
  return {
    row,
    details,
    axis,
    last,
    low: zoom ? x(zoom[0]) : 0,
    high: zoom ? x(zoom[1]) : longest,
    step: state.step === null ? last : Math.min(state.step, last),
    beyond: row && !row.model && state.step !== null && state.step > last ? state.step : null,
    cursor: x(state.step),
    pin: x(state.pin),
    hover: x(state.hoverStep),
    window: window && { begin: x(window.begin), end: x(window.end), tau: x(window.tau), low: x(window.low), high: x(window.high) },
    perStep: (id) => (state.unit === 'tokens' ? data.row(id)?.tokensPerStep || 1 : 1),
  };
}

/** "2L, seed 0": what a run is called on the page; a model on disk has a name. */
export const runName = (row) => (row ? row.name ?? `${row.variant ?? row.path}, seed ${row.seed}` : '');

/** " at step 340"; of a model on disk nothing, since it has no other step. */
export const atStep = (row, step) => (row?.model ? '' : ` at step ${step}`);

/** The variants of its study whose run it is: two that train the same share one. */
export const variantsOf = (row) => (row?.variant ?? '').split(', ').filter(Boolean);

/** The slot of each variant's look: first come, first served, and kept as long as the page is open. */
const slots = new Map();
export function slotOf(row) {
  const name = row?.variant ?? row?.path ?? '';
  if (!slots.has(name)) {
    const taken = new Set(slots.values());
    let slot = 0;
    while (taken.has(slot)) slot++;
    slots.set(name, slot);
  }
  return slots.get(name);
}

/** Variants that are no longer drawn give their look back. */
export function keepSlots(rows) {
  const names = new Set(rows.map((r) => r.variant ?? r.path));
  for (const name of slots.keys()) if (!names.has(name)) slots.delete(name);
}

/** What a head is called, and back. */
export const headName = (layer, head) => `L${layer}H${head}`;
export function parseHead(name) {
  const match = /^L(\d+)H(\d+)$/.exec(name ?? '');
  return match ? { layer: Number(match[1]), head: Number(match[2]) } : null;
}

/** Title and unit of a curve: those of its measure, and which of the measure's numbers it is. */
export function curveTitle(details, key) {
  const measures = details?.measures ?? [];
  const parts = { best: 'best head', z: 'z', early: 'early index', late: 'late index', uniform: 'uniform attention', first: 'first block', again: 'later blocks', k: 'K', q: 'Q', v: 'V', null: 'random heads', sd: 'standard deviation', mean: 'mean' };
  const measure = measures.filter((m) => key === m.key || key.startsWith(`${m.key}.`)).sort((a, b) => b.key.length - a.key.length)[0];
  if (!measure) return { title: { 'train.loss': 'loss of the training batch', 'train.gradNorm': 'norm of the gradient', 'train.rate': 'learning rate', tokens: 'tokens' }[key] ?? key, unit: '', measure: null };
  if (measure.key === 'kl') return { ...klTitle(key), measure };
  const rest = key.slice(measure.key.length + 1).split('.').filter(Boolean);
  const words = rest.map((r) => parts[r] ?? r.replace(/^L(\d+)$/, 'layer $1'));
  return { title: [measure.title, words.join(', ')].filter(Boolean).join(': '), unit: measure.unit === '1' ? '' : measure.unit, measure };
}

function klTitle(key) {
  const [, gram, loss] = key.split('.');
  return { title: loss ? `loss of the ${gram} baseline` : `divergence from the ${gram} baseline`, unit: 'nats' };
}
