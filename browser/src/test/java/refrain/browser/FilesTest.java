package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import refrain.store.MetricsRow;

/** Each figure as SVG, PNG and CSV. */
@ExtendWith(Reading.class)
class FilesTest {
  private static final int PNG_SCALE = 3;

  private static final Map<String, String> READY =
      Map.of(
          "time", ".value:visible:has-text('nats at')",
          "heads", ".value:visible:has-text('the greatest')",
          "attention", ".stale:has-text('attention of 140')");

  @ParameterizedTest
  @ValueSource(strings = {"time", "heads", "attention"})
  void eachFigureIsSavedInEachFormat(String view, Reader reader) throws Exception {
    Page page = reader.opens("view=" + view + "&token=9");
    page.locator(READY.get(view)).first().waitFor();
    for (Locator figure : page.locator("figure:visible:has(canvas)").all()) {
      String title = figure.locator(".title").textContent();
      Document svg = Figures.svg(page, figure);
      assertThat(Figures.texts(svg)).as(title).contains(title);
      int width = Integer.parseInt(svg.getDocumentElement().getAttribute("width"));
      int height = Integer.parseInt(svg.getDocumentElement().getAttribute("height"));
      BufferedImage png =
          ImageIO.read(new ByteArrayInputStream(Figures.saved(page, figure, "PNG")));
      assertThat(png.getWidth()).as(title).isEqualTo(PNG_SCALE * width);
      assertThat(png.getHeight()).as(title).isEqualTo(PNG_SCALE * height);
      assertThat(png.getRGB(1, 1)).as("light paper, whatever the scheme").isEqualTo(paper(svg));
      List<List<String>> csv = Figures.csv(page, figure);
      assertThat(csv.size()).as(title).isGreaterThan(1);
      assertThat(csv).allMatch(row -> row.size() == csv.getFirst().size());
    }
  }

  private static int paper(Document svg) {
    Element sheet = Figures.all(svg, "rect").getFirst();
    return 0xff000000 | Integer.parseInt(sheet.getAttribute("fill").substring(1), 16);
  }

  @Test
  void theNumbersOfAFileAreThoseOfTheLog(Reader reader) {
    Page page = reader.opens("main=%s&runs=%<s&keys=train.loss".formatted(reader.run("2L", 1)));
    Locator figure = Figures.titled(page, "loss of the training batch");
    assertThat(Figures.value(figure)).containsText(" at ");
    List<MetricsRow> rows = reader.lab().of("2L", 1).metrics().having("train.loss");
    List<List<String>> csv = Figures.csv(page, figure);
    assertThat(csv.getFirst()).isEqualTo(List.of("step", "2L, seed 1"));
    assertThat(csv).hasSize(1 + rows.size());
    for (int i = 0; i < rows.size(); i++) {
      assertThat(csv.get(1 + i).getFirst()).isEqualTo("" + rows.get(i).step());
      assertThat(Float.parseFloat(csv.get(1 + i).get(1)))
          .isEqualTo((float) rows.get(i).value("train.loss"));
    }
  }

  @Test
  void aPictureOfManyRunsHasALegendAndItsAxis(Reader reader) {
    Page page =
        reader.opens(
            "runs=%s,%s,%s&keys=loss"
                .formatted(reader.run("2L", 0), reader.run("2L", 1), reader.run("1L", 0)));
    Locator figure = Figures.titled(page, "loss");
    assertThat(Figures.value(figure)).containsText(" at 140");
    assertThat(Figures.texts(Figures.svg(page, figure)))
        .contains("loss (nats per token)", "ln(step + 5)", "2L", "1L", "bigram");
  }
}
