package refrain.report.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import refrain.draw.Badge;
import refrain.draw.Block;
import refrain.draw.Figure;
import refrain.draw.Table;

/**
 * What stands first on a study's page: the picture, the answer, a row an argument, and a small
 * figure of the claim that decides each.
 */
public record Front(Answers answers, Figure picture) {
  public List<Block> blocks() {
    List<Answers.Row> rows = answers.rows();
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Figured(picture, "", ""));
    if (!rows.isEmpty()) {
      blocks.add(new Block.Answer(answers.question(), answers.sentences()));
    }
    if (!rows.isEmpty()) {
      blocks.add(
          new Block.Tabled(
              table(rows),
              Stream.of(answers.tallies(), answers.registered())
                  .flatMap(List::stream)
                  .map(said ->
                      said.substring(0, 1).toUpperCase(Locale.ROOT) + said.substring(1) + ".")
                  .collect(Collectors.joining(" ")),
              ""));
      List<Figure> small =
          rows.stream()
              .map(row ->
                  new ClaimCard(answers.results(), row.deciding())
                      .plot(row.argument().label() + ": " + row.argument().title()))
              .filter(Objects::nonNull)
              .map(Figure.class::cast)
              .toList();
      if (!small.isEmpty()) {
        blocks.add(new Block.Small(small));
      }
    }
    return blocks;
  }

  private Table table(List<Answers.Row> rows) {
    boolean paper = rows.stream().anyMatch(row -> row.argument().paper() != null);
    return Table.of(
        rows,
        List.of(
            Table.Of.text("", row -> row.argument().label()),
            Table.Of.text(paper ? "the paper" : "argument", Answers.Row::says),
            Table.Of.text(
                answers.results().study().subject(),
                row -> row.here() + " `" + row.deciding().claim().id() + "`"),
            new Table.Of<>(
                Table.Column.text("verdict"),
                row ->
                    row.argument().paper() == null
                        ? new Table.Verdict(Badge.valueOf(row.deciding().ruling().name()), "")
                        : new Table.Verdict(row.mark().badge(), ""))));
  }

  /** The claims of an argument as cards: those that answer in full, the others briefly. */
  public List<Block> claims(String argument) {
    List<Block> blocks = new ArrayList<>();
    List<ClaimCard> all =
        answers.results().verdicts(argument).stream()
            .map(v -> new ClaimCard(answers.results(), v))
            .toList();
    all.stream().filter(Front::primary).forEach(card -> blocks.add(card.whole()));
    List<Block> others =
        all.stream()
            .filter(card -> !primary(card))
            .flatMap(card -> Stream.of((Block) card.brief()))
            .toList();
    if (!others.isEmpty()) {
      blocks.add(new Block.Heading("Exploratory claims"));
      blocks.addAll(others);
    }
    return blocks;
  }

  private static boolean primary(ClaimCard card) {
    return card.verdict().claim().primary();
  }
}
