/**
 * Which sequence the page shows, as the address has it: `evaluation.0` and `repeated.3` are the
 * run's own by kind and number, `tokens.12.7.12` is written out id by id.
 */

/** @returns {{kind: string, n: number}|{tokens: number[]}} as the server is asked for it */
export function parseSequence(text) {
  const [kind, ...rest] = text.split('.');
  if (kind === 'tokens') return { tokens: rest.map(Number) };
  return { kind, n: Number(rest[0] ?? 0) };
}

/** @param {number[]} ids */
export const ofTokens = (ids) => `tokens.${ids.join('.')}`;

export const isOwn = (text) => text.startsWith('tokens.');
