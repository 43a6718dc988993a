package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import refrain.report.answer.Answers;
import refrain.study.StudyResults;

/**
 * What a study ends with on the terminal: the answer in a sentence, a line an argument, and how
 * many claims came out in which way. Plain ASCII, so that it reads the same in a log.
 */
final class StudyEnding {
  private StudyEnding() {}

  /**
   * @param question what the study asks, "" for nothing
   */
  static List<String> of(StudyResults results, String question) {
    Answers answers = new Answers(results, question);
    List<String> lines = new ArrayList<>();
    answers.sentences().stream()
        .findFirst()
        .ifPresent(answer -> lines.add((question + " " + answer).strip()));
    List<Answers.Row> rows = answers.rows();
    boolean paper = rows.stream().anyMatch(row -> row.argument().paper() != null);
    TextTable table =
        new TextTable("", paper ? "the paper" : "argument", results.study().subject(), "");
    for (Answers.Row row : rows) {
      table.row(row.argument().label(), row.says(), row.here(), row.ascii());
    }
    if (!rows.isEmpty()) {
      lines.addAll(table.lines());
    }
    lines.addAll(answers.tallies());
    lines.addAll(answers.registered());
    return lines;
  }
}
