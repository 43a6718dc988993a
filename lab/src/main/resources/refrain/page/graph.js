/** The drawing of a circuit: a column a layer, from the embedding to the logits; edges as curves. */
import { number } from './scale.js';

const SIDE = 10;
const TOP = 14;
const BOTTOM = 10;
const NEAR = 9;
const POINTS = 18;
const CHANCE_Z = 2;

/** How the kinds of edge differ: letter, dashes, ink. */
const LOOKS = {
  K: { letter: 'K', dash: [], ink: 'c0' },
  Q: { letter: 'Q', dash: [8, 4], ink: 'c1' },
  V: { letter: 'V', dash: [2, 3], ink: 'c2' },
  MLP: { letter: '', dash: [10, 3, 2, 3], ink: 'muted' },
  LOGITS: { letter: '', dash: [10, 3, 2, 3], ink: 'muted' },
};

/** The edges furthest above chance, and those that are cut; by receiver, as they came. */
export function edgesShown(circuit, count, cuts) {
  const most = count === 'all' ? Infinity : Number(count) || 24;
  const ranked = [...circuit.edges].sort((a, b) => (b.z ?? -Infinity) - (a.z ?? -Infinity));
  const kept = new Set(ranked.slice(0, most));
  return circuit.edges.filter((e) => kept.has(e) || cuts.includes(`${e.from}-${e.to}.${e.input}`));
}

export class Graph {
  constructor() {
    this.nodes = [];
    this.curves = [];
  }

  show(circuit, edges, edits, head) {
    Object.assign(this, { circuit, edges, edits, head });
  }

  /** Nodes column by column: an MLP stands after the heads of its layer. */
  #columns() {
    const columns = new Map();
    for (const node of this.circuit?.nodes ?? []) {
      const at = { EMBEDDING: -1, UNEMBEDDING: 1e6 }[node.kind] ?? 2 * node.layer + (node.kind === 'MLP' ? 1 : 0);
      columns.set(at, [...(columns.get(at) ?? []), node]);
    }
    return [...columns].sort((a, b) => a[0] - b[0]).map(([, nodes]) => nodes);
  }

  height(width) {
    const most = Math.max(1, ...this.#columns().map((c) => c.length));
    return Math.max(220, Math.min(620, TOP + BOTTOM + most * (width < 500 ? 62 : 76)));
  }

  /** Places nodes and curves for a size. */
  #place(w, h) {
    const columns = this.#columns();
    const wide = Math.min(96, (w - 2 * SIDE) / (columns.length * 1.45));
    this.half = wide / 2;
    this.tall = 17;
    const pitch = columns.length > 1 ? (w - 2 * SIDE - wide) / (columns.length - 1) : 0;
    this.nodes = columns.flatMap((nodes, c) => nodes.map((node, i) => ({ ...node, x: SIDE + this.half + c * pitch, y: TOP + ((i + 0.5) / nodes.length) * (h - TOP - BOTTOM) })));
    const by = new Map(this.nodes.map((n) => [n.name, n]));
    this.curves = this.edges.map((edge) => this.#curve(edge, by.get(edge.from), by.get(edge.to)));
  }

  /** K, Q and V reach a head at different heights, so that they can be told apart. */
  #curve(edge, from, to) {
    const port = { K: -8, Q: 0, V: 8 }[edge.input] ?? 0;
    const [x0, y0, x1, y1] = [from.x + this.half, from.y, to.x - this.half, to.y + port];
    const bend = Math.max(18, (x1 - x0) * 0.45);
    const points = [];
    for (let i = 0; i <= POINTS; i++) {
      const t = i / POINTS;
      const u = 1 - t;
      points.push(u ** 3 * x0 + 3 * u * u * t * (x0 + bend) + 3 * u * t * t * (x1 - bend) + t ** 3 * x1, u ** 3 * y0 + 3 * u * u * t * y0 + 3 * u * t * t * y1 + t ** 3 * y1);
    }
    return { edge, points };
  }

  #width(edge) {
    const top = Math.max(1e-9, ...this.edges.map((e) => e.strength));
    return 0.8 + 6 * (edge.strength / top);
  }

  #isCut(edge) {
    return this.edits.includes(`${edge.from}-${edge.to}.${edge.input}`);
  }

  draw(pen, w, h, k) {
    if (!this.circuit) return;
    this.#place(w, h);
    for (const curve of [...this.curves].sort((a, b) => (a.edge.z ?? 0) - (b.edge.z ?? 0))) this.#edge(pen, curve, k);
    this.curves.forEach((curve, i) => this.#letter(pen, curve, i, k));
    for (const node of this.nodes) this.#node(pen, node, k);
  }

  #edge(pen, { edge, points }, k) {
    const look = LOOKS[edge.input];
    const cut = this.#isCut(edge);
    const alpha = cut ? 0.35 : (edge.z ?? 0) < CHANCE_Z ? 0.3 : 0.85;
    const all = cut ? [points.slice(0, 14), points.slice(-14)] : [points];
    for (const part of all) pen.line(part, part.length, { stroke: k[look.ink], width: this.#width(edge), dash: look.dash, alpha });
  }

  /** The letter stands on its curve, at places that differ so that letters do not cover each other. */
  #letter(pen, { edge, points }, i, k) {
    const at = 2 * (5 + ((i * 5) % 9));
    const [x, y] = [points[at], points[at + 1] + 4];
    if (this.#isCut(edge)) pen.text('✕', points[18], points[19] + 5, { anchor: 'middle', size: 15, weight: 700, fill: k.c1, halo: k.paper });
    const { letter, ink } = LOOKS[edge.input];
    if (letter) pen.text(letter, x, y, { anchor: 'middle', size: 11, weight: 700, fill: k[ink], halo: k.paper });
  }

  #node(pen, node, k) {
    const off = this.edits.some((w) => w.split('*')[0] === node.name);
    const chosen = node.name === this.head;
    const sign = { INDUCTION: '● ', WEAK: '◐ ' }[node.match?.verdict] ?? '';
    pen.rect(node.x - this.half, node.y - this.tall, 2 * this.half, 2 * this.tall, { fill: off ? k.field : k.paper });
    pen.rect(node.x - this.half, node.y - this.tall, 2 * this.half, 2 * this.tall, { stroke: chosen ? k.text : k.muted, width: chosen ? 2.2 : 1, dash: off ? [3, 3] : [] });
    const narrow = this.half < 30;
    const says = this.#says(node);
    const name = narrow && node.kind !== 'HEAD' ? { EMBEDDING: 'in', UNEMBEDDING: 'out' }[node.kind] ?? node.name : node.name;
    pen.text(`${sign}${name}`, node.x, node.y + (says ? -2 : 4), { anchor: 'middle', size: narrow ? 9.5 : 12, weight: 600, fill: k.text });
    if (says) pen.text(says, node.x, node.y + 11, { anchor: 'middle', size: narrow ? 8.5 : 10.5, fill: k.muted });
  }

  /** What a head does most: matches prefixes or looks at the token before. */
  #says(node) {
    if (node.kind !== 'HEAD') return '';
    const { pm, prev } = node.measures;
    if (pm === undefined || prev === undefined) return '';
    return prev > pm ? `prev ${number(prev)}` : `pm ${number(pm)}`;
  }

  over(pen, lit, k) {
    const curve = this.curves.find((c) => c.edge === lit);
    if (!curve) return;
    pen.line(curve.points, curve.points.length, { stroke: k.text, width: this.#width(lit) + 2, alpha: 0.9 });
    pen.text(number(lit.strength), curve.points[18], curve.points[19] - 8, { anchor: 'middle', size: 12, weight: 700, fill: k.text, halo: k.paper });
  }

  nodeAt({ x, y }) {
    return this.nodes.find((n) => Math.abs(n.x - x) <= this.half && Math.abs(n.y - y) <= this.tall) ?? null;
  }

  /** The nearest edge, within a few pixels. */
  edgeAt({ x, y }) {
    if (this.nodeAt({ x, y })) return null;
    let best = null;
    let least = NEAR * NEAR;
    for (const { edge, points } of this.curves) {
      for (let i = 0; i + 3 < points.length; i += 2) {
        const d = toSegment(x, y, points, i);
        if (d < least) [best, least] = [edge, d];
      }
    }
    return best;
  }
}

/** Squared distance of a point to a piece of a curve. */
function toSegment(x, y, p, i) {
  const [dx, dy] = [p[i + 2] - p[i], p[i + 3] - p[i + 1]];
  const t = Math.max(0, Math.min(1, ((x - p[i]) * dx + (y - p[i + 1]) * dy) / (dx * dx + dy * dy || 1)));
  return (x - p[i] - t * dx) ** 2 + (y - p[i + 1] - t * dy) ** 2;
}
