import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes lab/src/main/resources/refrain/corpora/country-names.tsv out of the running JDK's CLDR:
 *
 * <pre>java lab/src/scripts/CountryNamesFromCldr.java lab/src/main/resources/refrain/corpora/country-names.tsv</pre>
 *
 * The first 64 countries by code whose name is one word of letters in English and in all eight
 * languages, and belongs to no other country and no other of these languages.
 */
class CountryNamesFromCldr {
  static final List<String> LANGUAGES =
      List.of("en", "ru", "el", "hy", "ka", "he", "ar", "ja", "ko");
  static final int WORDS = 64;

  public static void main(String[] args) throws Exception {
    Map<String, Integer> uses = new HashMap<>();
    List<List<String>> rows = new ArrayList<>();
    for (String code : Stream.of(Locale.getISOCountries()).sorted().toList()) {
      Locale country = new Locale.Builder().setRegion(code).build();
      List<String> row = new ArrayList<>(List.of(code));
      for (String language : LANGUAGES) {
        row.add(country.getDisplayCountry(Locale.forLanguageTag(language)));
      }
      rows.add(row);
      row.stream().skip(1).forEach(name -> uses.merge(name.toLowerCase(Locale.ROOT), 1, Integer::sum));
    }
    rows.removeIf(
        row ->
            row.stream()
                .skip(1)
                .anyMatch(
                    name ->
                        !name.codePoints().allMatch(Character::isLetter)
                            || uses.get(name.toLowerCase(Locale.ROOT)) > 1));
    System.out.println(rows.size() + " countries, Java " + System.getProperty("java.version"));
    StringBuilder out = new StringBuilder("code\t" + String.join("\t", LANGUAGES) + "\n");
    rows.subList(0, Math.min(WORDS, rows.size())).forEach(row -> out.append(String.join("\t", row)).append('\n'));
    Files.writeString(Path.of(args[0]), out, StandardCharsets.UTF_8);
  }
}
