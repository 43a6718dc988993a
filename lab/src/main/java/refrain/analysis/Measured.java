package refrain.analysis;

import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.data.TokenNames;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.probe.IclIndices;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;

/**
 * A model and what it is measured on: a run of ours at any of its steps, or a model on disk in its
 * one state.
 */
public sealed interface Measured permits Subject, OnDisk {
  ModelSpec model();

  /** Positions that texts have at most. */
  int context();

  /** How it is probed. */
  ProbeSpec probe();

  /** How many sequences of {@link #evaluation} may be asked for by number. */
  int readable();

  /** The first sequences of a fixed text in its tokens, [sequences, context + 1]. */
  Batch evaluation(int sequences);

  /** Those that scores, verdicts and losses in tables are read on. */
  Batch scored();

  /** Pairs of sequences that verdicts on heads are read on. */
  int pairs();

  /** Random tokens that are repeated, the same ones whenever they are asked for. */
  RepeatedSequences repeated(int examples);

  /** Where its ICL score is read. */
  IclIndices iclIndices();

  TokenNames tokenNames();

  /**
   * The model with parameters of its shape.
   *
   * @param step which of a run's own interventions are on; of a model on disk 0
   */
  ModelState state(long step, Parameters parameters);

  /** The model after so many steps. */
  ModelState state(long step);

  /** Measures of it on the text that it is probed on. */
  ProbeSuite suite(ProbeSpec probe);

  /** The same on another text. */
  ProbeSuite suite(ProbeSpec probe, Batch text);
}
