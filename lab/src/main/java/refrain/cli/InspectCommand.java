package refrain.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.Names;
import refrain.model.ModelSpec;
import refrain.pretrained.Found;
import refrain.pretrained.ModelOnDisk;
import refrain.pretrained.token.ModelTokenizer;
import refrain.store.Json;

/** {@code refrain inspect}: what a pretrained model on disk is. */
@Command(
    name = "inspect",
    description = {
      "Say what a pretrained model on disk is: its architecture and sizes, how its weights are"
          + " kept, which tensors nothing was read from, its tokenizer and the token that begins"
          + " texts.",
      "MODEL is a folder of Hugging Face's or its cache's, a GGUF file by any name, a folder of"
          + " TransformerLens' older kind, or a run."
    })
final class InspectCommand extends Subcommand {
  private static final int NAMED = 8;

  @Parameters(paramLabel = "MODEL", description = "A file or a folder.")
  private Path model = Path.of("");

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  /**
   * A model's sign, with its id.
   *
   * @param name as its tokenizer writes it; "" without one
   */
  private record SignAt(int id, String name) {}

  /**
   * The tokenizer.
   *
   * @param prepends whether the start belongs before every text
   */
  private record TokenizerSaid(
      String kind,
      int vocabulary,
      @Nullable SignAt start,
      @Nullable SignAt end,
      boolean prepends) {}

  @Override
  public void run() {
    try (ModelOnDisk opened = ModelOnDisk.open(model)) {
      Found found = opened.found();
      TokenizerSaid tokenizer = opened.tokenizer().map(InspectCommand::said).orElse(null);
      if (json) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("found", found);
        all.put("model", opened.spec());
        all.put("tokenizer", Optional.ofNullable(tokenizer));
        out().print(Json.pretty(all));
        return;
      }
      words(found, opened.spec());
      print("tokenizer   %s", tokenizer == null ? "none beside the weights" : words(tokenizer));
      if (!found.unused().isEmpty()) {
        int n = found.unused().size();
        String some =
            Names.list(found.unused().subList(0, Math.min(NAMED, n)))
                + (n > NAMED ? " and " + (n - NAMED) + " more" : "");
        print("not read    %d: %s", n, some);
      }
      found.notes().forEach(note -> print("note        %s", note));
    }
  }

  private void words(Found found, ModelSpec spec) {
    print("%s", found.place());
    print(
        "format      %s%s",
        found.format(), found.name().isEmpty() ? "" : ", calls itself " + found.name());
    print(
        "model       %s: layers %d, heads a layer %d (key heads %d), d_model %d, d_head %d, d_mlp"
            + " %d",
        found.architecture(),
        spec.nLayers(),
        spec.nHeads(),
        spec.nKvHeads(),
        spec.dModel(),
        spec.dHead(),
        spec.dMlp());
    print(
        "            tokens %d, context %d%s%s",
        spec.dVocab(),
        spec.nCtx(),
        spec.tied() ? ", tied embedding" : "",
        spec.windows().isEmpty() ? "" : ", windows " + spec.windows());
    print(
        "weights     %s",
        found.types().entrySet().stream()
            .map(type -> type.getValue() + " " + type.getKey())
            .collect(Collectors.joining(", ")));
  }

  private static TokenizerSaid said(ModelTokenizer tokenizer) {
    return new TokenizerSaid(
        tokenizer.kind(),
        tokenizer.vocab(),
        sign(tokenizer, tokenizer.ends().start()),
        sign(tokenizer, tokenizer.ends().end()),
        tokenizer.ends().prepends());
  }

  private static @Nullable SignAt sign(ModelTokenizer tokenizer, OptionalInt id) {
    if (id.isEmpty()) {
      return null;
    }
    String name = tokenizer.sign(id.getAsInt());
    return new SignAt(id.getAsInt(), name == null ? "" : name);
  }

  private static String words(TokenizerSaid said) {
    String start =
        said.start == null
            ? "no start token"
            : "start %s (%s), %s before every text"
                .formatted(said.start.name, said.start.id, said.prepends ? "which stands" : "not");
    String end = said.end == null ? "" : ", end %s (%s)".formatted(said.end.name, said.end.id);
    return said.kind + ", " + said.vocabulary + " tokens; " + start + end;
  }
}
