package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.JavaCommand;

/** The machine's settings are no part of a run: the same names and the same bytes under any. */
class EnvironmentTest extends TypedCommands {
  private static final String STEPS = "steps=60";
  private static final String SAVED = "checkpoints={kind: every, steps: 20}";

  @TempDir Path temp;

  private final Locale locale = Locale.getDefault();
  private final TimeZone zone = TimeZone.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(locale);
    TimeZone.setDefault(zone);
  }

  private static List<String> train(Path folder, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("train", "--preset", "tiny", "--threads", "1", "--set", STEPS));
    arguments.addAll(List.of("--set", SAVED, "--out", folder.toString()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private int run(List<String> arguments) {
    return run(arguments.toArray(String[]::new));
  }

  /** The hashes of the metrics and of all in the checkpoints, by name. */
  private static Map<String, String> bytes(Path run) throws Exception {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> all = Files.walk(run)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = run.relativize(file).toString();
        if (name.startsWith("checkpoints") || name.equals("metrics.jsonl")) {
          byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
          hashes.put(name, HexFormat.of().formatHex(hash));
        }
      }
    }
    return hashes;
  }

  private Map<String, String> plain() throws Exception {
    Locale.setDefault(Locale.ROOT);
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    Path folder = temp.resolve("plain");
    assertThat(run(train(folder))).isZero();
    return bytes(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fa-IR-u-nu-arabext", "ar-EG-u-nu-arab", "tr-TR", "de-DE"})
  void aLocaleChangesNoByteAndARunGoesOnUnderAnother(String tag) throws Exception {
    Map<String, String> wanted = plain();
    assertThat(wanted).containsKey("checkpoints/step-00000040/model.safetensors");
    Locale.setDefault(Locale.forLanguageTag(tag));
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    Path folder = temp.resolve("other");
    assertThat(run(train(folder))).isZero();
    assertThat(bytes(folder)).isEqualTo(wanted);

    Path half = temp.resolve("half");
    assertThat(run(train(half, "--set", "stop={kind: at-step, step: 30}"))).isZero();
    Locale.setDefault(Locale.ROOT);
    assertThat(run(train(half))).isZero();
    assertThat(Files.readString(half.resolve("metrics.jsonl")))
        .isEqualTo(Files.readString(folder.resolve("metrics.jsonl")));
  }

  @Test
  void namesInARunMadeUnderOtherDigitsBeforeAreNamedAndItsRowsKept() throws Exception {
    Path folder = temp.resolve("old");
    assertThat(run(train(folder, "--set", "stop={kind: at-step, step: 30}"))).isZero();
    try (Stream<Path> all = Files.list(folder.resolve("checkpoints"))) {
      for (Path checkpoint : all.toList()) {
        long step = Long.parseLong(checkpoint.getFileName().toString().substring(5));
        String name = String.format(Locale.forLanguageTag("fa-IR-u-nu-arabext"), "%08d", step);
        Files.move(checkpoint, checkpoint.resolveSibling("step-" + name));
      }
    }
    String rows = Files.readString(folder.resolve("metrics.jsonl"));
    assertThat(run(train(folder))).isEqualTo(2);
    assertThat(err.toString())
        .contains("a checkpoint whose name is not read: ")
        .contains("step-۰۰۰۰۰۰۲۰ (rename it to step-00000020); nothing was changed;");
    assertThat(Files.readString(folder.resolve("metrics.jsonl"))).isEqualTo(rows);
  }

  /** In a process of its own, whose locale, character set, zone, folder and home are odd. */
  @Test
  void aProcessOfAnotherSettingMakesTheSameBytes() throws Exception {
    Map<String, String> wanted = plain();
    Path folder = temp.resolve("odd");
    Path nowhere = Files.createDirectories(temp.resolve("elsewhere"));
    List<String> command =
        JavaCommand.of(
            Main.class,
            "--add-modules",
            "jdk.incubator.vector",
            "-XX:TieredStopAtLevel=1",
            "-Duser.language=fa",
            "-Duser.country=IR",
            "-Duser.extensions=u-nu-arabext",
            "-Dfile.encoding=COMPAT",
            "-Duser.timezone=Asia/Kathmandu",
            "-Duser.home=?");
    command.addAll(train(folder));
    ProcessBuilder process =
        new ProcessBuilder(command)
            .directory(nowhere.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    process.environment().clear();
    process.environment().put("LC_ALL", "C");
    assertThat(process.start().waitFor()).isZero();
    assertThat(bytes(folder)).isEqualTo(wanted);
    try (Stream<Path> left = Files.list(nowhere)) {
      assertThat(left).isEmpty();
    }
  }
}
