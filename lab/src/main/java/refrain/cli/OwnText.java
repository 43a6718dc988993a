package refrain.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.data.TextFiles;
import refrain.data.TextSource;
import refrain.model.Footprint;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.sweep.AtOnce;
import refrain.train.sweep.Forecast;
import refrain.train.text.TextOutlook;
import refrain.train.text.TextPlan;

/** The option of {@code train} that chooses a run for the user's own text. */
final class OwnText {
  /** The run's layers, optimiser and length, where no preset is named. */
  private static final String PRESET = "code-2l";

  @Option(
      names = "--text",
      paramLabel = "PATH",
      description =
          "Train on your own text: a folder of .txt, .md and .jsonl files (of these the field text of"
              + " each line), or one file. Vocabulary, context, model and steps are chosen by its"
              + " size, from the preset code-2l where none is named; settings go over them.")
  private @Nullable Path text;

  private @Nullable RunSpec planned;

  boolean given() {
    return text != null;
  }

  /**
   * The configuration for the text; null where none is given.
   *
   * @param settings over it, of which one says how the text is read
   */
  @Nullable RunSpec base(@Nullable String preset, List<String> settings) {
    if (text != null && planned == null) {
      boolean lenient = settings.contains("data.lenient=true");
      planned = TextPlan.of(text, lenient, Presets.get(preset == null ? PRESET : preset));
    }
    return planned;
  }

  /**
   * Says what a run on the text is and what is to be expected, unless it has ended.
   *
   * @param folder where it lies or will lie
   */
  void say(Subcommand command, RunSpec spec, @Nullable Path folder, int threads) {
    if (text == null
        || folder != null && RunFolder.isRun(folder) && RunFolder.at(folder).ended().isPresent()) {
      return;
    }
    if (!(spec.data() instanceof TextFiles files)
        || !(spec.openData() instanceof TextSource source)) {
      throw RefrainException.badInput(
          "--text %s: would be ignored, for the settings set other data; leave one of them out",
          text);
    }
    TextOutlook.text(spec, files, source).forEach(line -> command.print("%s", line));
    command.print(
        "model: %d layer%s, d_model %d, %d heads, %s parameters; about %s on %s, memory at least %s",
        spec.model().nLayers(),
        spec.model().nLayers() == 1 ? "" : "s",
        spec.model().dModel(),
        spec.model().nHeads(),
        Forecasts.count(Forecast.parameters(spec)),
        Forecasts.time(new Forecast(List.of(spec)).seconds(spec, 0) / threads),
        Forecasts.cores(threads),
        Footprint.size(
            AtOnce.bytes(spec)
                + Character.BYTES * ((double) source.trainTokens() + source.evaluationTokens())));
    TextOutlook.copying(spec, source).forEach(line -> command.print("%s", line));
    command.out().flush();
  }
}
