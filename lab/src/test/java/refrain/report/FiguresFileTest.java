package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.draw.Block;
import refrain.study.Argument;
import refrain.study.MadeResults;
import refrain.study.Study;

class FiguresFileTest {
  private static final Study STUDY =
      MadeResults.study(
          List.of(MadeResults.argument("part", "1", "The part")),
          List.of(MadeResults.variant("slow", 2), MadeResults.variant("fast", 2)),
          List.of(
              MadeResults.claim("first", "part", MadeResults.mean("slow", "formation.step", 100))));

  private static Figures figures(String items) {
    return FiguresReader.parse(
        "sections:\n  - argument: part\n    items:\n" + items.indent(6), "my.figures.yaml");
  }

  /** Every figure and claim of the program's studies names what there is. */
  @ParameterizedTest
  @ValueSource(strings = {"olsson", "code", "example"})
  void studiesOfTheProgramNameWhatThereIs(String name) {
    Study study = Study.named(name);
    Figures figures = FiguresFile.named(study);
    figures.check(study);
    assertThat(figures.sections())
        .extracting(Figures.Section::argument)
        .isSubsetOf(study.arguments().stream().map(Argument::id).toList());
  }

  @Test
  void everyArgumentOfThePaperIsDrawn() {
    Study study = Study.named("olsson");
    assertThat(FiguresFile.named(study).sections())
        .extracting(Figures.Section::argument)
        .containsExactlyElementsOf(study.arguments().stream().map(Argument::id).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dots: {title: T, rows: [{variant: fsat, quantity: formed}]} | no variant 'fsat'; the nearest names are fast, slow
          dots: {title: T, rows: [{variant: fast, quantity: formation.stop}]} | no quantity 'formation.stop'; the nearest names are formation.step
          dots: {title: T, rows: [{variant: fast, quantity: formed, minus: formde}]} | no quantity 'formde'; the nearest names are formed
          dots: {title: T, rows: [{claim: fisrt}]} | no claim 'fisrt'; the nearest names are first
          dots: {title: T, claims: [secnd], rows: [{claim: first}]} | no claim 'secnd'; the nearest names are first
          dots: {title: T, rows: [{claim: first}], levels: [{claim: frst}]} | no claim 'frst'; the nearest names are first
          curves: {title: T, panels: [{curves: [{variants: [slow], x: bend.steps, y: bend.slops}]}]} | no series 'bend.slops'; the nearest names are bend.slopes
          curves: {title: T, panels: [{curves: [{variants: [slow], y: run.lss}]}]} | no series 'run.lss'; the nearest names are
          curves: {title: T, panels: [{curves: [{variants: [slow, fast], x: dose.c, y: bend.slopes}]}]} | no quantity 'bend.slopes'; the nearest names are bend.
          curves: {title: T, panels: [{curves: [{variants: [slow], y: "ablation.attribution.{hed}"}]}]} | no series 'ablation.attribution.{hed}'; the nearest names are ablation.attribution
          curves: {title: T, marks: [{at: date.icl.tua}]} | no quantity 'date.icl.tua'; the nearest names are date.icl.tau
          scatter: {title: T, claim: third} | no claim 'third'; the nearest names are first
          paths: {title: T, ways: [{variant: slow, x: pca.x, y: pca.z}]} | no series 'pca.z'; the nearest names are pca.
          dots: {title: T, caption: "{mean:slw:formed}"} | no variant 'slw'; the nearest names are slow, fast
          dots: {title: T, caption: "{mean:slow:frmed}"} | no quantity 'frmed'; the nearest names are formed
          dots: {title: T, caption: "{verdict:gone}"} | no claim 'gone'; the nearest names are first
          dots: {title: T, caption: "{men:slow:formed}"} | {men:slow:formed} cannot be read, expected {mean:VARIANT:QUANTITY}
          """)
  void aNameThatNobodyHasIsAnErrorWithTheNearest(String item, String message) {
    assertThatThrownBy(() -> figures("- " + item).check(STUDY))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("my.figures.yaml: figure 'T': " + message);
  }

  @Test
  void namesInTablesGroupsArmsAndSectionsAreHeldAgainstTheStudyToo() {
    assertThatThrownBy(() ->
            figures(
                    """
                    - group:
                        when: {variants: [slow]}
                        items: [{table: {caption: All., columns: [{quantity: "date.{k}.tau"}], rows: [{variant: slow, keys: {k: ilc}}]}}]
                    """)
                .check(STUDY))
        .hasMessageStartingWith(
            "my.figures.yaml: figure 'All.': no quantity 'date.ilc.tau'; the nearest names are"
                + " date.icl.tau");
    assertThatThrownBy(() ->
            FiguresReader.parse("arms: [{label: a, slot: 0, variants: [slwo]}]", "f").check(STUDY))
        .hasMessage("f: arm 'a': no variant 'slwo'; the nearest names are slow, fast");
    assertThatThrownBy(() -> FiguresReader.parse("sections: [{argument: prat}]", "f").check(STUDY))
        .hasMessage("f: section 'prat': no argument 'prat'; the nearest names are part");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dots: {title: T, colour: red} | my.figures.yaml: section 'part', item 1 'T': unknown name 'colour'; valid names here: axis, caption, claims, levels, rows, title; the nearest: claims, rows, axis, caption, levels
          dotz: {} | my.figures.yaml: section 'part', item 1: an item has one name, one of curves, dots, scatter, heads, table, paths, patterns, heading, text, note, code, bullets, group; found names dotz
          text: [a] | my.figures.yaml: section 'part', item 1: is ["a"], expected text
          dots: {title: T, rows: [{each: slow, variant: slow}]} | my.figures.yaml: each is "slow", expected a list of texts or of objects
          dots: {title: T, rows: [{each: [[a]], variant: slow}]} | my.figures.yaml: each has ["a"], expected a text
          """)
  void whatCannotBeReadIsNamed(String item, String message) {
    assertThatThrownBy(() -> figures("- " + item))
        .isInstanceOf(RefrainException.class)
        .hasMessage(message);
  }

  @Test
  void eachMakesCopiesAndListsOfItemsJoin() {
    List<Item> items =
        figures(
                """
                - text: before
                - each: [{v: slow}, {v: fast}]
                  items: [{heading: "{v}"}, {each: [one, two], text: "{v} {it}"}]
                """)
            .sections()
            .getFirst()
            .items();
    assertThat(items)
        .extracting(item -> ((Item.Words) item).text())
        .containsExactly("before", "slow", "slow one", "slow two", "fast", "fast one", "fast two");
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    Item.Curves curves =
        (Item.Curves)
            figures("- curves: {title: T, panels: [{curves: [{variants: [slow], y: run.icl}]}]}")
                .sections()
                .getFirst()
                .items()
                .getFirst();
    assertThat(curves.columns()).isEqualTo(3);
    assertThat(curves.x()).isEqualTo(new Item.AxisOf("steps", "", false, null, null));
    assertThat(curves.y()).isEqualTo(new Item.AxisOf("", "", false, null, null));
    assertThat(curves.marks()).isEmpty();
    assertThat(curves.panels().getFirst().curves().getFirst())
        .isEqualTo(
            new Item.Curve("", List.of("slow"), "", "run.icl", -1, Item.Draw.SEEDS, "", "", false));
  }

  @Test
  void anOwnStudyHasItsFiguresBesideIt(@TempDir Path temp) throws IOException {
    Path study = temp.resolve("mine.yaml");
    assertThat(FiguresFile.beside(study, STUDY).source()).isEmpty();
    String text = "sections: [{argument: part, items: [{text: Mine.}]}]";
    Files.writeString(temp.resolve("mine.figures.yaml"), text);
    Figures figures = FiguresFile.beside(study, STUDY);
    assertThat(figures.source()).isEqualTo(text);
    assertThat(figures.where()).endsWith("mine.figures.yaml");

    Path folder = Files.createDirectory(temp.resolve("runs"));
    FiguresFile.keep(figures, folder);
    assertThat(FiguresFile.in(folder, STUDY).of("part").getFirst().items())
        .containsExactly(new Item.Words(Item.Words.Kind.TEXT, "Mine."));

    FiguresFile.keep(DefaultFigures.of(STUDY), folder);
    assertThat(folder.resolve("figures.yaml")).doesNotExist();
  }

  @Test
  void aFolderWithoutACopyHasTheFiguresOfTheProgramsStudyOfItsName(@TempDir Path temp) {
    Study olsson = Study.named("olsson");
    Figures figures = FiguresFile.in(temp, olsson);
    assertThat(figures.where()).isEqualTo("studies/olsson.figures.yaml");
    assertThat(FiguresFile.in(temp, STUDY).where()).isEqualTo("made");
  }

  /** A study without a file: its claims' numbers, their bars, and its curves. */
  @Test
  void aStudyWithoutAFileHasFiguresOfItsClaims() {
    Figures figures = DefaultFigures.of(STUDY);
    figures.check(STUDY);
    Item.Dots dots = (Item.Dots) figures.of("part").getFirst().items().getFirst();
    assertThat(dots.rows())
        .containsExactly(
            new Item.Row("", -1, "slow", "formation.step", "", Item.Reach.INTERVAL, ""));
    assertThat(dots.levels()).containsExactly(new Item.LevelAt("", null, "first", false, "", ""));
    assertThat(dots.axis().unit()).isEqualTo("steps");
    List<Block> blocks =
        new ItemBlocks(
                Reading.of(
                    MadeResults.of(
                        STUDY, cell -> new MadeResults.Found().put("formation.step", 120)),
                    figures),
                "c")
            .of(DefaultFigures.everyRun(STUDY.variants(), 64));
    assertThat(blocks)
        .extracting(b -> ((Block.Figured) b).figure().title())
        .containsExactly(
            "In-context-learning score",
            "Prefix matching",
            "Loss",
            "In-context-learning score",
            "Prefix matching",
            "Previous token");
  }
}
