/** The evidence card of the chosen head: what it is, what else it does, and what is lost without it beside its null. */
import { term } from './cards.js';
import { fill, h, say } from './dom.js';
import { NullPlot } from './nullplot.js';
import { setName } from './placebo.js';
import { number, short } from './scale.js';

const VERDICTS = { INDUCTION: '● induction head', WEAK: '◐ matches prefixes weakly', NONE: '○ does not match prefixes' };

export class EvidencePart {
  constructor(app) {
    this.app = app;
    this.said = h('p', { role: 'status' });
    this.plot = new NullPlot();
    this.card = h('article', { class: 'evidence' });
    this.body = h('div', { class: 'grid two' }, this.card, this.plot.root);
    this.root = h('section', { 'aria-label': 'Evidence of the chosen head' }, this.said, this.body);
  }

  update({ at, head, rests }) {
    if (!rests) return;
    const reply = this.app.lab.evidence('evidence', at.id, at.step, head);
    this.body.hidden = !reply?.answer;
    if (reply?.failed) return say(this.said, reply.failed);
    if (!reply) return say(this.said, `${head} at step ${short(at.step)} is being measured, and every other head of its layer.`);
    say(this.said, '');
    if (this.shown !== reply.answer) {
      this.shown = reply.answer;
      this.#show(reply.answer);
    }
    this.plot.paint();
  }

  #show(e) {
    const measures = e.measures.map((m) => [h('dt', {}, term(this.app, m.definition.key, m.definition.title, m.definition)), h('dd', {}, `${number(m.value)}${m.error === null ? '' : ` ± ${number(m.error)}`} · number ${m.rank} of ${m.of} heads${m.n ? ` · ${m.n} sequences` : ' · of its weights'}`)]);
    fill(this.card,
      h('h3', {}, `${e.head} at step ${short(e.step)}: ${e.match ? VERDICTS[e.match.verdict] : 'no verdict'}`),
      h('dl', {}, measures),
      e.says.map((s) => h('p', {}, s)));
    this.plot.show(e, (set) => setName(set));
  }
}
