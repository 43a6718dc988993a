package refrain.export;

import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.TextSource;
import refrain.data.TokenNames;
import refrain.model.ModelSpec;
import refrain.store.Checkpoint;
import refrain.store.RunFolder;
import refrain.train.RunSpec;
import refrain.train.RunText;
import refrain.train.Snapshot;
import refrain.train.Trainer;

/**
 * What is exported of a checkpoint.
 *
 * @param about which model it is, in one line
 * @param metadata what its file of weights says of itself
 * @param tokens opens the data that it was trained on, and with it the tokenizer
 */
record ExportedModel(
    ModelSpec spec,
    Weights weights,
    String about,
    Map<String, String> metadata,
    Supplier<TokenizerFile> tokens) {

  /**
   * Reads a checkpoint.
   *
   * @throws RefrainException of kind BAD_FILE when it is damaged
   */
  static ExportedModel read(RunFolder run, Checkpoint checkpoint) {
    RunSpec spec = Trainer.spec(run);
    Weights weights =
        RefrainException.reading(
            () -> new Weights(Snapshot.parameters(checkpoint, spec.model())),
            "choose another step, as RUN@STEP");
    String changed =
        spec.interventions().isEmpty()
            ? ""
            : " Interventions changed it in training; they are not in it.";
    return new ExportedModel(
        spec.model(),
        weights,
        "%s, seed %s, after step %s of run %s, trained by Refrain.%s"
            .formatted(
                spec.name().replaceAll("\\s+", " "),
                spec.seeds().init(),
                checkpoint.step(),
                spec.id(),
                changed),
        Map.of("format", "pt", "step", Long.toString(checkpoint.step()), "run", spec.id()),
        () -> RunText.tokenizer(run).map(TokenizerFile::of).orElseGet(() -> opened(run, spec)));
  }

  TokenizerFile tokenizer() {
    return tokens.get();
  }

  private static TokenizerFile opened(RunFolder run, RunSpec spec) {
    DataSource data = RunText.open(run.path(), spec);
    if (data instanceof TextSource text) {
      return TokenizerFile.of(text.tokenizer());
    }
    TokenNames names = TokenNames.of(spec.data(), data);
    return TokenizerFile.of(IntStream.range(0, names.vocab()).mapToObj(names::name).toList());
  }
}
