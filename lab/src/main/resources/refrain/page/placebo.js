/** What stands beside a change: the same made on other heads, and how that is said. */

const NAMED = 8;

/** The middle of some numbers, NaN of none. */
export function median(values) {
  const s = values.filter((v) => v !== null && !Number.isNaN(v)).sort((a, b) => a - b);
  return s.length ? (s[(s.length - 1) >> 1] + s[s.length >> 1]) / 2 : NaN;
}

/** A set's heads; those that match prefixes are said to. */
export const setName = (set) => `${set.heads.join('+')}${set.matching ? ` (${set.matching === set.heads.length ? '' : `${set.matching} `}matching)` : ''}`;

/** Which heads stand beside, or why there are none. */
export function placeboWords({ sets, all, none }) {
  if (!sets.length) return `No placebo: ${none}.`;
  const names = sets.map(setName);
  const shown = names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names;
  return `Placebo: the same on other heads of the same layers, ${all ? 'all sets that there are' : `${sets.length} sets drawn`}: ${shown.join(', ')}. Each is a dot, the bar their median.`;
}
