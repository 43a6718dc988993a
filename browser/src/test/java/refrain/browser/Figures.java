package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Figures of the page as a reader has them: by their titles, as tables and as files. */
final class Figures {
  /** How the page writes a number that is none. */
  static final String NONE = "–";

  /** Chromium drops a file without a word that is the eleventh of a page within a second. */
  private static final double PACE_MS = 110;

  private Figures() {}

  /** The figure that is shown whose title begins so. */
  static Locator titled(Page page, String title) {
    Locator named =
        page.locator(
            ".title", new Page.LocatorOptions().setHasText(Pattern.compile("^" + escaped(title))));
    return page.locator("figure:visible", new Page.LocatorOptions().setHas(named)).first();
  }

  /** As JavaScript's expressions have it, which know no quotation. */
  private static String escaped(String words) {
    return words.replaceAll("[.*+?^${}()|\\[\\]\\\\]", "\\\\$0");
  }

  static Locator value(Locator figure) {
    return figure.locator("figcaption .value");
  }

  static Locator plot(Locator figure) {
    return figure.locator(".plot");
  }

  /** A table: its columns' headings, and its rows. */
  record Twin(List<String> columns, List<List<String>> rows) {}

  /** The table that says the same as the figure. */
  static Twin twin(Locator figure) {
    Locator button =
        figure.locator("button[aria-expanded]", new Locator.LocatorOptions().setHasText("Table"));
    if ("true".equals(button.getAttribute("aria-expanded"))) {
      button.click(); // a table stays as it was when it was opened
    }
    button.click();
    Locator table = figure.locator(".twin table");
    assertThat(table).isVisible();
    List<List<String>> rows = new ArrayList<>();
    for (Object row :
        (List<?>)
            table.evaluate("t => [...t.rows].map(r => [...r.cells].map(c => c.textContent))")) {
      rows.add(((List<?>) row).stream().map(String::valueOf).toList());
    }
    return new Twin(rows.getFirst(), rows.subList(1, rows.size()));
  }

  /** A file of the figure: SVG, PNG, CSV or safetensors. */
  static byte[] saved(Page page, Locator figure, String format) {
    page.waitForTimeout(PACE_MS);
    figure.locator(".menu summary").click();
    Download file =
        page.waitForDownload(() ->
            figure
                .locator(".menu button", new Locator.LocatorOptions().setHasText(format))
                .click());
    org.assertj.core.api.Assertions.assertThat(file.suggestedFilename())
        .endsWith("." + format.toLowerCase(Locale.ROOT));
    try (InputStream in = file.createReadStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Document svg(Page page, Locator figure) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return factory
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(saved(page, figure, "SVG")));
    } catch (javax.xml.parsers.ParserConfigurationException
        | org.xml.sax.SAXException
        | IOException e) {
      throw new AssertionError("the saved SVG is none", e);
    }
  }

  static List<Element> all(Document svg, String tag) {
    NodeList found = svg.getElementsByTagName(tag);
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      all.add((Element) found.item(i));
    }
    return all;
  }

  /** The texts of a picture. */
  static List<String> texts(Document svg) {
    return all(svg, "text").stream().map(Element::getTextContent).toList();
  }

  /** The points of a path, x before y. */
  static double[] points(Element path) {
    return Arrays.stream(path.getAttribute("d").split("[ML ]"))
        .filter(part -> !part.isEmpty())
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  /** Cells by row, the first of which has the columns' names; none of ours holds a quote. */
  static List<List<String>> csv(Page page, Locator figure) {
    String text = new String(saved(page, figure, "CSV"), StandardCharsets.UTF_8);
    return text.lines()
        .map(line ->
            Arrays.stream(line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1))
                .map(cell -> cell.replaceAll("^\"|\"$", ""))
                .toList())
        .toList();
  }

  /** A measured number as the page writes it: three or four figures and a true minus. */
  static String shown(double value) {
    double v = (float) value;
    if (Double.isNaN(v)) {
      return NONE;
    }
    if (v == Math.rint(v)) {
      return String.valueOf((long) v);
    }
    return number(v);
  }

  /** The same of a value beside a figure, where whole numbers have decimals too. */
  static String number(double value) {
    double v = (float) value;
    double a = Math.abs(v);
    int digits = a >= 1000 ? 0 : a >= 100 ? 1 : a >= 10 ? 2 : 3;
    if (a < 0.001 && a > 0) {
      return String.format(Locale.ROOT, "%.1e", v)
          .replaceFirst("e([+-])0*(\\d)", "e$1$2")
          .replaceFirst("-", "−");
    }
    return new BigDecimal(v)
        .setScale(digits, RoundingMode.HALF_UP)
        .toPlainString()
        .replaceFirst("-", "−");
  }
}
