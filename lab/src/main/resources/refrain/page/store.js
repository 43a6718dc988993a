/**
 * The one state of the page. A change is drawn once, in the next animation frame, however many
 * changes came before it.
 */

/**
 * @typedef {object} State
 * @property {'time'|'heads'|'attention'|'causes'|'run'|'start'|'study'|'glossary'} view
 * @property {string|null} main id of the run that the cursor belongs to
 * @property {string[]} runs ids of the runs that are drawn, at most 48
 * @property {string|null} beside a second run, at the same step
 * @property {number|null} step the cursor
 * @property {number|null} pin a second step of the main run
 * @property {'log'|'linear'} axis
 * @property {'steps'|'tokens'} unit
 * @property {number} smooth half width of the mean in ln(step + t0); 0 is off
 * @property {string[]} keys the curves of the view Time
 * @property {[number, number]|null} zoom steps of the main run
 * @property {string} measure
 * @property {string} x
 * @property {string} y
 * @property {string} sort
 * @property {string} text kind and number, "evaluation.0", or "tokens.1.2.3"
 * @property {string|null} head "L1H3"
 * @property {number|null} token a position that stays lit
 * @property {string|null} weighted "values": attention is weighted by the lengths of value vectors
 * @property {string} tint what the tokens' colours say
 * @property {string|null} preset the one that the view Train starts from
 * @property {string|null} from the run and step that it forks, "ID@STEP"
 * @property {string|null} study the one that the view Study shows
 * @property {string|null} tour its step and run, "3:1a2b3c4d5e6f"; null: it was left or not begun
 * @property {string[]} edits what is switched in the model, as edits.js writes it
 * @property {string} part of the view Causes that is open
 * @property {string} edges how many of the circuit are drawn
 * @property {string|null} through the head that the QK table's keys are read through
 * @property {string} draw temperature and seed of what the model goes on with
 */

export const MOST_RUNS = 48;

/** @type {State} */
export const DEFAULTS = {
  view: 'time',
  main: null,
  runs: [],
  beside: null,
  step: null,
  pin: null,
  axis: 'log',
  unit: 'steps',
  smooth: 0,
  keys: ['loss', 'icl', 'pm.best', 'prev.best', 'comp.k.best', 'kl.bigram'],
  zoom: null,
  measure: 'pm',
  x: 'prev',
  y: 'pm',
  sort: 'place',
  text: 'evaluation.0',
  head: null,
  token: null,
  weighted: null,
  tint: 'loss',
  preset: null,
  from: null,
  study: null,
  tour: null,
  edits: [],
  part: 'circuit',
  edges: '24',
  through: null,
  draw: '1:0',
};

/** @param {Record<string, any>} initial */
export function createStore(initial) {
  let state = { ...initial };
  let frame = 0;
  const changed = new Set();
  const listeners = [];

  const flush = () => {
    frame = 0;
    const keys = new Set(changed);
    changed.clear();
    for (const l of listeners) if (!l.keys || l.keys.some((k) => keys.has(k))) l.draw(state, keys);
  };
  const schedule = () => {
    if (!frame) frame = requestAnimationFrame(flush);
  };
  return {
    get: () => state,
    /** @param {Partial<State> & Record<string, any>} patch */
    set(patch) {
      for (const [key, value] of Object.entries(patch)) {
        if (JSON.stringify(state[key]) === JSON.stringify(value)) continue;
        state = { ...state, [key]: value };
        changed.add(key);
      }
      if (changed.size) schedule();
    },
    /** Says that something outside the state is new: `data`, `home`, `size`, `scheme`. */
    touch(...keys) {
      keys.forEach((k) => changed.add(k));
      schedule();
    },
    /** Calls `draw(state, changed)` when one of `keys` changed; null: at any change. */
    subscribe(keys, draw) {
      listeners.push({ keys, draw });
    },
  };
}
