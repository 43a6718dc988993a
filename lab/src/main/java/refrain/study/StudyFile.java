package refrain.study;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import refrain.analysis.ondisk.OffArm;
import refrain.base.Default;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.intervene.Intervention;
import refrain.store.Checked;
import refrain.store.Json;
import refrain.store.Written;
import refrain.train.Presets;
import refrain.train.RunSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file that a person writes a {@link Study} in. It may be the whole study, as {@code study.json}
 * is; and it may say less:
 *
 * <ul>
 *   <li>{@code defaults}: what its variants, claims and tests say where they say nothing else;
 *   <li>{@code from} in a variant: the variant before it that it is like but for what it says; its
 *       {@code set} goes on top of the other's, level by level;
 *   <li>{@code groups}: names for lists of variants, which stand for them in tests and in the
 *       groups below;
 *   <li>{@code claims}: a list, or one under the id of each argument;
 *   <li>a claim's control: what differs from its test; a bar is taken whole.
 * </ul>
 */
final class StudyFile {
  /** What studies said before they said {@code seeds} and {@code block}, and what to say now. */
  private static final Map<String, String> FORMERLY =
      Map.of(
          "quick", "leave it out; a variant of fewer seeds than the study has says 'seeds'",
          "full",
              "say 'seeds' where a variant has fewer than the study, and leave it out elsewhere");

  private static final String ORACLE = "oracle";

  private record Extra(
      @Default("{}") Standard defaults, @Default("{}") Map<String, List<String>> groups) {}

  private record Standard(
      @Default("{}") ObjectNode variant,
      @Default("{}") ObjectNode claim,
      @Default("{}") ObjectNode test) {}

  private final Written file;
  private final Standard defaults;
  private final boolean resolving;
  private final boolean byPerson;
  private final List<String> faults = new ArrayList<>();

  /** Where what stands at a path of the whole study was written, the nearest first. */
  private final Map<String, List<String>> origins = new HashMap<>();

  private final Map<String, List<String>> groups = new LinkedHashMap<>();
  private final Map<String, JsonNode> variants = new LinkedHashMap<>();
  private final Map<String, String> places = new HashMap<>();

  private StudyFile(
      Written file, Extra extra, boolean resolving, boolean byPerson, List<String> before) {
    this.file = file;
    this.resolving = resolving;
    this.byPerson = byPerson;
    faults.addAll(before);
    defaults = extra.defaults();
    extra.groups().forEach((name, members) -> groups.put(name, expand(members)));
    known("defaults.variant.", defaults.variant(), Variant.class);
    known("defaults.claim.", defaults.claim(), Claim.class);
    known("defaults.test.", defaults.test(), Test.class);
  }

  /**
   * The study that a file holds.
   *
   * @param resolving whether each variant's specification is looked at too
   * @param byPerson whether a person wrote it, and not this program or an earlier one
   * @throws RefrainException with all faults and the place of each in the file
   */
  static Study read(Written file, boolean resolving, boolean byPerson) {
    if (!(file.tree() instanceof ObjectNode written)) {
      return Json.read(file.tree(), Study.class, file.where());
    }
    ObjectNode study = asOfNow(written);
    ObjectNode extra = Json.object();
    for (String name : List.of("defaults", "groups")) {
      if (study.has(name)) {
        extra.set(name, study.remove(name));
      }
    }
    List<String> faults = new ArrayList<>();
    JsonNode checked = Checked.part(extra, extra, Extra.class, "", file::place, faults);
    JsonNode defaults = extra.path("defaults");
    Standard asWritten =
        new Standard(
            section(defaults, "variant"), section(defaults, "claim"), section(defaults, "test"));
    StudyFile whole =
        new StudyFile(
            file, new Extra(asWritten, lists(checked.path("groups"))), resolving, byPerson, faults);
    whole.known("", study, Study.class, "defaults", "groups");
    if (study.get("variants") instanceof ArrayNode variants) {
      study.set("variants", whole.variants(variants));
    }
    if (study.get("claims") instanceof JsonNode claims) {
      study.set("claims", whole.claims(claims));
    }
    whole.together(study);
    return Checked.read(study, Study.class, whole::place, whole.faults);
  }

  /**
   * Studies written before they had blocks of seeds had two sizes, of which they say the one that
   * is meant, and one language for all seeds.
   */
  private static ObjectNode asOfNow(ObjectNode written) {
    ObjectNode study = written.deepCopy();
    if (!study.has("fullSeeds")) {
      return study;
    }
    String size = study.path("full").asBoolean(false) ? "full" : "quick";
    study.remove(List.of("fullSeeds", "full"));
    study.put("varies", Varies.START.name());
    study
        .path("variants")
        .forEach(variant -> {
          if (variant instanceof ObjectNode arm) {
            if (arm.has(size)) {
              arm.set("seeds", arm.get(size));
            }
            arm.remove(List.of("quick", "full"));
          }
        });
    return study;
  }

  /** The groups that are lists of names; what is said of others is a fault already. */
  private static Map<String, List<String>> lists(JsonNode groups) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    groups.forEachEntry((name, list) -> {
      if (list.isArray()) {
        List<String> members = new ArrayList<>();
        list.forEach(member -> members.add(member.asString("")));
        lists.put(name, members);
      }
    });
    return lists;
  }

  /** Whether its parts fit together, as far as they can be read. */
  private void together(ObjectNode study) {
    List<Variant> known = readable(study.path("variants"), Variant.class);
    List<Claim> claims = readable(study.path("claims"), Claim.class);
    List<Argument> arguments = readable(study.path("arguments"), Argument.class);
    boolean all =
        known.size() == study.path("variants").size()
            && claims.size() == study.path("claims").size()
            && arguments.size() == study.path("arguments").size();
    if (!all) {
      return; // what is written of others would name the wrong ones
    }
    List<Argument> parts = arguments.isEmpty() ? Study.named(claims) : arguments;
    Set<String> explained = new TreeSet<>(study.path("explanations").propertyNames());
    String name = study.path("name").asString("-");
    int seeds = study.path("seeds").asInt(1);
    int block = study.path("block").asInt(0);
    int most = resolving ? seeds : Integer.MAX_VALUE;
    Opening page =
        readable(Json.object().arrayNode().add(study.path(Study.PAGE)), Opening.class).stream()
            .findFirst()
            .orElse(null);
    for (StudyFault fault :
        StudyFault.of(name, seeds, block, most, parts, known, claims, explained, page)) {
      faults.add(place(fault.path()) + ": study: " + fault.what());
    }
  }

  private <T> List<T> readable(JsonNode list, Class<T> type) {
    List<T> readable = new ArrayList<>();
    for (JsonNode each : list) {
      try {
        readable.add(Checked.read(each, type, path -> "", List.of()));
      } catch (RefrainException e) {
        continue; // said by the check of the whole
      }
    }
    return readable;
  }

  /** A section as it is written: whether a value is a text is known where it is set. */
  private static ObjectNode section(JsonNode defaults, String name) {
    return defaults.get(name) instanceof ObjectNode section ? section : Json.object();
  }

  /** The file and the line of a path of the whole study. */
  private String place(String path) {
    for (String at = path; !at.isEmpty(); at = Written.parent(at)) {
      List<String> from = origins.getOrDefault(at, List.of());
      for (String origin : from) {
        String written = origin + path.substring(at.length());
        if (file.lines().containsKey(written)) {
          return file.place(written);
        }
      }
      if (!from.isEmpty()) {
        return file.place(from.getFirst() + path.substring(at.length()));
      }
    }
    return file.place(path);
  }

  private ArrayNode variants(ArrayNode written) {
    ArrayNode whole = written.arrayNode();
    for (JsonNode variant : written) {
      if (variant instanceof ObjectNode own) {
        String path = "variants[" + whole.size() + "].";
        known(path, own, Variant.class, "from");
        JsonNode from = own.remove("from");
        JsonNode base = from == null ? defaults.variant() : variants.get(from.asString(""));
        if (base == null) {
          bad(
              path + "from",
              "a variant that stands before it: " + Names.list(variants.keySet()),
              from);
          base = defaults.variant();
        }
        String at = "variants[" + whole.size() + "]";
        List<String> origin = new ArrayList<>(List.of(at));
        origin.addAll(from == null ? List.of("defaults.variant") : written(from.asString("")));
        origins.put(at, origin);
        JsonNode all = Json.merge(base, own);
        int before = faults.size();
        if (all instanceof ObjectNode object && all.get("set") instanceof ObjectNode set) {
          object.set("set", set(set, all.path("preset").asString(""), at + ".set"));
        }
        if (resolving && faults.size() == before && all.path("preset").isString()) {
          resolve(all, at);
        }
        if (byPerson && faults.size() == before) {
          requireLabel(all, at);
        }
        places.put(all.path("name").asString(""), at);
        variants.put(all.path("name").asString(""), all);
        whole.add(all);
      } else {
        whole.add(variant);
      }
    }
    for (String group : groups.keySet()) {
      if (variants.containsKey(group)) {
        bad("groups", "names that no variant has", group);
      }
    }
    return whole;
  }

  /** The name of a variant stands in every table, figure and claim, so an oracle is named one. */
  private void requireLabel(JsonNode variant, String at) {
    String name = variant.path("name").asString("");
    if (name.contains(ORACLE)) {
      return;
    }
    JsonNode set = variant.path("set");
    List<Intervention> list = new ArrayList<>();
    for (JsonNode interventions :
        List.of(set.path("interventions"), set.path("guard").path("interventions"))) {
      if (interventions.isArray()) {
        list.addAll(readable(interventions, Intervention.class));
      }
    }
    String oracles = Intervention.oracles(list);
    if (!oracles.isEmpty()) {
      bad(
          at + ".name",
          "a name with the word '%s', such as '%s-%s', since where '%s' acts depends on the tokens, which tells the model what is likely to come next"
              .formatted(ORACLE, name, ORACLE, oracles),
          name);
    }
  }

  private List<String> written(String variant) {
    return origins.getOrDefault(places.getOrDefault(variant, ""), List.of());
  }

  /** Settings, checked over their preset and as they are there: a name is a text, for example. */
  private JsonNode set(ObjectNode set, String preset, String path) {
    if (preset.equals(Variant.ON_DISK)) {
      JsonNode whole = Json.merge(Json.tree(Json.defaults(OffArm.class)), set);
      return Checked.part(set, whole, OffArm.class, path, this::place, faults);
    }
    if (!Presets.names().contains(preset)) {
      return set;
    }
    JsonNode whole = Json.merge(Json.tree(Presets.get(preset)), set);
    return Checked.part(set, whole, RunSpec.class, path, this::place, faults);
  }

  private JsonNode claims(JsonNode written) {
    if (!(written instanceof ObjectNode byArgument)) {
      return written instanceof ArrayNode list ? claims(list, null, 0) : written;
    }
    ArrayNode all = byArgument.arrayNode();
    byArgument.forEachEntry((argument, claims) -> {
      if (!(claims instanceof ArrayNode list)) {
        bad("claims." + argument, "a list of claims", claims);
        return;
      }
      all.addAll(claims(list, argument, all.size()));
    });
    return all;
  }

  private ArrayNode claims(ArrayNode written, @Nullable String argument, int before) {
    ArrayNode whole = written.arrayNode();
    for (JsonNode claim : written) {
      String at = "claims[" + (before + whole.size()) + "]";
      String own = "claims" + (argument == null ? "" : "." + argument) + "[" + whole.size() + "]";
      origins.put(at, List.of(own, "defaults.claim"));
      origins.put(at + ".test", List.of(own + ".test", "defaults.claim.test", "defaults.test"));
      origins.put(at + ".control", List.of(own + ".control", own + ".test", "defaults.test"));
      JsonNode all = claim.isObject() ? Json.merge(defaults.claim(), claim) : claim;
      if (all instanceof ObjectNode object) {
        if (argument != null && !object.has("argument")) {
          object.put("argument", argument);
        }
        if (object.get("test") instanceof ObjectNode test) {
          ObjectNode complete = (ObjectNode) Json.merge(defaults.test(), test);
          object.set("test", expanded(complete));
          if (object.get("control") instanceof ObjectNode control) {
            if (control.has("bar")) {
              complete.remove("bar");
            }
            object.set("control", expanded((ObjectNode) Json.merge(complete, control)));
          }
        }
      }
      whole.add(all);
    }
    return whole;
  }

  private ObjectNode expanded(ObjectNode test) {
    ObjectNode expanded = test.deepCopy();
    if (test.get("variants") instanceof ArrayNode names) {
      ArrayNode all = expanded.putArray("variants");
      for (JsonNode name : names) {
        List<String> group = name.isString() ? groups.get(name.asString()) : null;
        if (group == null) {
          all.add(name);
        } else {
          group.forEach(all::add);
        }
      }
    }
    return expanded;
  }

  private List<String> expand(List<String> members) {
    return members.stream().flatMap(m -> groups.getOrDefault(m, List.of(m)).stream()).toList();
  }

  /** Notes and takes away what no record has, before defaults carry it to where nobody wrote it. */
  private void known(String path, ObjectNode node, Class<?> type, String... more) {
    TreeSet<String> valid = new TreeSet<>(List.of(more));
    for (RecordComponent component : type.getRecordComponents()) {
      valid.add(component.getName());
    }
    for (String name : List.copyOf(node.propertyNames())) {
      if (!valid.contains(name)) {
        String now = FORMERLY.get(name);
        String what = Names.unknown(path + name, name, valid);
        faults.add(
            file.place(path + name)
                + ": "
                + (now == null ? what : "'" + path + name + "' is no more: " + now));
        node.remove(name);
      }
    }
  }

  /** Whether a variant is a run that can be trained. */
  private void resolve(JsonNode variant, String at) {
    String name = variant.path("name").asString("-");
    String where = place(at);
    try {
      if (variant.path("preset").asString("").equals(Variant.ON_DISK)) {
        return;
      }
      Study.spec(name, variant.path("preset").asString(""), variant.path("set"), where);
    } catch (RefrainException e) {
      String said = String.valueOf(e.getMessage());
      String what = said.startsWith(where + ": ") ? said.substring(where.length() + 2) : said;
      faults.add(where + ": variant '" + name + "': " + what);
    }
  }

  private void bad(String path, String expected, @Nullable Object found) {
    faults.add(file.place(path) + ": " + path + ": expected " + expected + "; found " + found);
  }
}
