/**
 * What is switched in a model, as words that stand in the address: "L1H3" and "mlp.0" are off,
 * "L1H3*0.5" is scaled, "L0H2-L1H3.K" is a cut edge (what L0H2 adds to the keys of L1H3).
 */
import { parseHead } from './training.js';

const EMBEDDING = 'hook_embed';
export const INPUTS = { K: 'keys', Q: 'queries', V: 'values' };

/**
 * @typedef {{word: string, kind: 'scale', site: string, factor: number}} Scale
 * @typedef {{word: string, kind: 'edge', from: string, to: string, input: 'K'|'Q'|'V'}} Cut
 */

const site = (name) => (parseHead(name) || /^mlp\.\d+$/.test(name) ? name : null);

/** @returns {Scale|Cut|null} null where the word means nothing */
export function parse(word) {
  const edge = /^(.+)-(L\d+H\d+)\.([KQV])$/.exec(word);
  if (edge) return site(edge[1]) || edge[1] === 'embed' ? { word, kind: 'edge', from: edge[1], to: edge[2], input: /** @type {'K'|'Q'|'V'} */ (edge[3]) } : null;
  const [name, factor] = word.split('*');
  const by = factor === undefined ? 0 : Number(factor);
  return site(name) && by >= 0 && by <= 2 ? { word, kind: 'scale', site: name, factor: by } : null;
}

/** Those of a list that a model has; what an address says of others is left out. */
export function known(words, row) {
  if (!row) return [];
  const has = (name) => {
    const head = parseHead(name);
    if (head) return head.layer < row.layers && head.head < row.heads;
    return name === 'embed' || Number(name.slice(4)) < row.layers;
  };
  return words.map(parse).filter((e) => e && (e.kind === 'scale' ? has(e.site) : has(e.from) && has(e.to)));
}

/** As the server takes them. */
export function interventions(edits) {
  return edits.map((e) => {
    if (e.kind === 'edge') return { kind: 'replace-edge', sender: e.from === 'embed' ? EMBEDDING : e.from, receiver: e.to, input: e.input, source: { kind: 'zero' } };
    return e.factor === 0 ? { kind: 'replace', site: e.site, source: { kind: 'zero' } } : { kind: 'scale', site: e.site, factor: e.factor };
  });
}

/** By what a head or MLP is multiplied: 1 where nothing was switched. */
export const factorOf = (edits, name) => edits.find((e) => e.kind === 'scale' && e.site === name)?.factor ?? 1;

/** A list of words in which a head or MLP is multiplied so; 1 takes it out of the list. */
export function withFactor(words, name, factor) {
  const rest = words.filter((w) => w.split('*')[0] !== name);
  if (factor === 1) return rest;
  return [...rest, factor === 0 ? name : `${name}*${+factor.toFixed(2)}`];
}

export const toggled = (words, word) => (words.includes(word) ? words.filter((w) => w !== word) : [...words, word]);

export const cutWord = (from, to, input) => `${from}-${to}.${input}`;

/** In words, likes together: "L1H0, L1H3 off, L0H1 × 0.5, edge L0H2 → keys of L1H0, L1H3 cut". */
export function inWords(edits) {
  const groups = new Map();
  for (const e of edits) {
    const [begin, name, end] = e.kind === 'edge' ? [`edge ${e.from} → ${INPUTS[e.input]} of `, e.to, ' cut'] : ['', e.site, e.factor === 0 ? ' off' : ` × ${e.factor}`];
    const key = `${begin}|${end}`;
    groups.set(key, { begin, end, names: [...(groups.get(key)?.names ?? []), name] });
  }
  return [...groups.values()].map((g) => `${g.begin}${g.names.join(', ')}${g.end}`).join(', ');
}
