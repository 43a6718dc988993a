package refrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import refrain.analysis.NamedPattern;
import refrain.draw.Block;
import refrain.draw.Figure;
import refrain.report.answer.ClaimCard;
import refrain.store.HeadPattern;
import refrain.study.Study.Cell;

/**
 * Turns what a figures file says into what stands on the page.
 *
 * @param command what made the figures
 */
record ItemBlocks(Reading reading, String command) {
  /** In reading order; a figure without any run is left out. */
  List<Block> of(List<Item> items) {
    List<Block> blocks = new ArrayList<>();
    for (Item item : items) {
      switch (item) {
        case Item.Words words -> blocks.add(words(words.kind(), reading.text(words.text())));
        case Item.Bullets bullets ->
            blocks.add(new Block.Bullets(bullets.texts().stream().map(reading::text).toList()));
        case Item.Group group ->
            blocks.addAll(of(reading.holds(group.when()) ? group.items() : group.otherwise()));
        case Item.Curves f ->
            figure(new CurvesDrawing(reading).draw(f), f.caption(), f.claims(), blocks);
        case Item.Dots f ->
            figure(new DotsDrawing(reading).draw(f), f.caption(), f.claims(), blocks);
        case Item.Scatter f ->
            figure(new PlaneDrawing(reading).draw(f), f.caption(), f.claims(), blocks);
        case Item.HeadMarks f ->
            figure(new PlaneDrawing(reading).draw(f), f.caption(), f.claims(), blocks);
        case Item.Paths f ->
            figure(new PlaneDrawing(reading).draw(f), f.caption(), f.claims(), blocks);
        case Item.Grid t ->
            new TableDrawing(reading)
                .draw(t)
                .ifPresent(table -> {
                  blocks.add(new Block.Tabled(table, reading.text(t.caption()), command));
                  verdicts(t.claims(), blocks);
                });
        case Item.Patterns p -> patterns(p, blocks);
      }
    }
    return blocks;
  }

  private static Block words(Item.Words.Kind kind, String text) {
    return switch (kind) {
      case HEADING -> new Block.Heading(text);
      case TEXT -> new Block.Paragraph(text);
      case NOTE -> new Block.Note(text);
      case CODE -> new Block.Code(text);
    };
  }

  private void figure(
      Optional<Figure> figure, String caption, List<String> claims, List<Block> blocks) {
    if (figure.isPresent()) {
      blocks.add(new Block.Figured(figure.get(), reading.text(caption), command));
      verdicts(claims, blocks);
    }
  }

  /** What a figure shows is said by the verdicts that it leads to, and by nothing else. */
  private void verdicts(List<String> claims, List<Block> blocks) {
    List<Block.Claim> links =
        claims.stream()
            .flatMap(claim -> reading.results().verdict(claim).stream())
            .map(verdict -> new ClaimCard(reading.results(), verdict).link())
            .toList();
    if (!links.isEmpty()) {
      blocks.add(new Block.Claims(links));
    }
  }

  private void patterns(Item.Patterns item, List<Block> blocks) {
    int drawn = 0;
    for (String variant : item.variants()) {
      List<Cell> cells = reading.results().cells(variant);
      boolean formed =
          !cells.isEmpty()
              && Double.isFinite(
                  reading.results().findings(cells.getFirst()).value("formation.step"));
      if (formed && drawn < item.most()) {
        Optional<NamedPattern> pattern = reading.results().pattern(cells.getFirst());
        if (pattern.isPresent()) {
          blocks.add(pattern(variant, pattern.get(), item.caption()));
          drawn++;
        }
      }
    }
    if (drawn == 0) {
      blocks.add(new Block.Note("No run has formed a head yet."));
    } else {
      verdicts(item.claims(), blocks);
    }
  }

  private Block pattern(String variant, NamedPattern named, String caption) {
    HeadPattern p = named.pattern();
    return new Block.Figured(
        PatternDrawing.of(variant + ", head " + p.headName(), named),
        reading
            .text(caption)
            .replace("{variant}", variant)
            .replace("{step}", Long.toString(p.step()))
            .replace("{block}", Integer.toString(p.block())),
        command);
  }
}
