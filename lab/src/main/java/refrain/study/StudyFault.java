package refrain.study;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;

/**
 * Something in which the parts of a study do not fit together.
 *
 * @param path where it stands, such as {@code variants[2].control}
 * @param what a sentence
 */
record StudyFault(String path, String what) {
  private static final Pattern NO_NAME = Pattern.compile("[/\\\\\\p{Cntrl}]");

  private static final int LARGEST_BLOCK = 1_000_000;

  /**
   * All of them.
   *
   * @param most seeds that a primary claim may need; a part of a study has fewer than its claims
   *     ask
   */
  static List<StudyFault> of(
      String name,
      int seeds,
      int block,
      int most,
      List<Argument> arguments,
      List<Variant> variants,
      List<Claim> claims,
      Set<String> explained,
      @Nullable Opening page) {
    List<StudyFault> faults = new ArrayList<>();
    if (name.isBlank() || name.equals("..") || name.equals(".") || NO_NAME.matcher(name).find()) {
      faults.add(
          new StudyFault(
              "name",
              "name is '"
                  + name
                  + "', expected a word without / or control characters: it names a folder"));
    }
    if (seeds < 1) {
      faults.add(new StudyFault("seeds", "seeds is " + seeds + ", expected 1 or more"));
    }
    if (block < 0 || block > LARGEST_BLOCK) {
      faults.add(
          new StudyFault(
              "block", "block is " + block + ", expected a first seed from 0 to " + LARGEST_BLOCK));
    }
    Set<String> names = distinct("variants", variants.stream().map(Variant::name).toList(), faults);
    for (int i = 0; i < variants.size(); i++) {
      Variant v = variants.get(i);
      String path = "variants[" + i + "]";
      if (v.control() != null) {
        known(
            path + ".control",
            names,
            v.control(),
            "the control of variant '" + v.name() + "'",
            faults);
      } else if (v.settled() == Variant.Settled.AT_TWICE_CONTROL
          || v.settled() == Variant.Settled.AT_CONTROL_ICL) {
        faults.add(
            new StudyFault(
                path + ".settled",
                "variant '" + v.name() + "' stops by what its control does and has no control"));
      }
      if (v.donor() != null) {
        donor(path + ".donor", v.name(), v.donor(), variants, names, faults);
      }
    }
    Set<String> parts =
        distinct("arguments", arguments.stream().map(Argument::id).toList(), faults);
    Set<String> ids = distinct("claims", claims.stream().map(Claim::id).toList(), faults);
    for (int i = 0; i < claims.size(); i++) {
      Claim c = claims.get(i);
      String path = "claims[" + i + "]";
      known(
          path + ".argument",
          parts,
          c.argument(),
          "the argument of claim '" + c.id() + "'",
          faults);
      Study.needs(c)
          .distinct()
          .forEach(
              v -> known(path + ".test", names, v, "a variant of claim '" + c.id() + "'", faults));
      if (c.supersedes().contains(c.id())) {
        faults.add(
            new StudyFault(path + ".supersedes", "claim '" + c.id() + "' supersedes itself"));
      }
      paper(path, c, faults);
      world(path, c, faults);
      if (c.primary()) {
        primary(path, c, reachable(c.test(), most, variants), faults);
      }
    }
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      Set<String> own = new HashSet<>();
      claims.stream().filter(c -> c.argument().equals(argument.id())).forEach(c -> own.add(c.id()));
      for (int j = 0; j < argument.answers().size(); j++) {
        known(
            "arguments[" + i + "].answers[" + j + "].claim",
            own,
            argument.answers().get(j).claim(),
            "the claim of an answer of argument '" + argument.id() + "'",
            faults);
      }
    }
    explained.stream()
        .sorted()
        .forEach(id -> known("explanations." + id, ids, id, "a claim that is explained", faults));
    if (page != null) {
      page.unknown(names).forEach(faults::add);
    }
    return faults;
  }

  /** Its last weights have to be known before anything is trained. */
  private static void donor(
      String path,
      String of,
      Donor donor,
      List<Variant> variants,
      Set<String> names,
      List<StudyFault> faults) {
    known(path + ".variant", names, donor.variant(), "the donor of variant '" + of + "'", faults);
    variants.stream()
        .filter(v -> v.name().equals(donor.variant()))
        .filter(v -> v.settled() != Variant.Settled.AT_END || v.donor() != null)
        .forEach(v ->
            faults.add(
                new StudyFault(
                    path,
                    "the donor of variant '"
                        + of
                        + "' is '"
                        + v.name()
                        + "', expected one that begins anew and is settled AT_END: its last step"
                        + " has to be known")));
  }

  /** What a claim that the study stands for cannot do without. */
  private static void primary(String path, Claim c, long reachable, List<StudyFault> faults) {
    String claim = "primary claim '" + c.id() + "' ";
    if (c.otherwise() == null) {
      faults.add(
          new StudyFault(
              path + ".otherwise", claim + "names no world in which it is false; add 'otherwise'"));
    }
    if (c.why().isBlank()) {
      faults.add(new StudyFault(path + ".why", claim + "does not say where its bar comes from"));
    }
    if (c.seeds() > reachable) {
      faults.add(
          new StudyFault(
              path + ".seeds",
              claim + "needs n = " + c.seeds() + ", and its variants reach " + reachable));
    }
    Stream.of(c.test(), Objects.requireNonNullElse(c.control(), c.test()))
        .distinct()
        .filter(test -> test.statistic() == Statistic.EVERY_SEED && !test.hasError())
        .forEach(test ->
            faults.add(
                new StudyFault(
                    path + ".test",
                    claim
                        + "is about every seed, and '"
                        + test.quantity()
                        + "' declares no error, so that it has no p-value")));
  }

  /** Whether the false world can be made of the claim's numbers. */
  private static void world(String path, Claim c, List<StudyFault> faults) {
    Test test = c.test();
    boolean pairs = test.other() != null || test.against() != null;
    String lacks =
        switch (c.otherwise()) {
          case Otherwise.Exchanged any when c.control() == null -> "a control";
          case Otherwise.Deranged any when !pairs -> "'other' or 'against'";
          case Otherwise.Clock any when test.given() == null -> "COUPLING with 'given'";
          case null, default -> null;
        };
    if (lacks != null) {
      faults.add(
          new StudyFault(
              path + ".otherwise",
              "the world in which claim '" + c.id() + "' is false needs " + lacks));
    }
  }

  /** How many units of its statistic a test has on all of the study's seeds. */
  private static long reachable(Test test, int most, List<Variant> variants) {
    LongStream each =
        variants.stream()
            .filter(v -> test.variants().contains(v.name()))
            .mapToLong(v -> v.seeds() == null ? most : Math.min(most, v.seeds()));
    return test.statistic().overSeeds() ? each.max().orElse(0) : each.sum();
  }

  /** A claim that holds must not refute the paper, and one without a side needs the paper's bar. */
  private static void paper(String path, Claim c, List<StudyFault> faults) {
    Paper paper = c.paper();
    if (paper == null) {
      return;
    }
    Bar ours = c.test().bar();
    if (paper.bar() == null && ours.side() == Bar.Side.WITHIN) {
      faults.add(
          new StudyFault(
              path + ".paper.bar",
              "claim '" + c.id() + "' has a bar on two sides, so the paper's own has to be said"));
      return;
    }
    Bar region = paper.region(c.test());
    if (!region.contains(ours)) {
      faults.add(
          new StudyFault(
              path + ".paper.bar",
              "claim '"
                  + c.id()
                  + "' could hold where the paper is refuted: its bar is "
                  + ours.words()
                  + ", the paper's "
                  + region.words()));
    }
  }

  /** The names, with a fault for each that stands there twice. */
  private static Set<String> distinct(String what, List<String> names, List<StudyFault> faults) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      if (!seen.add(names.get(i))) {
        faults.add(
            new StudyFault(
                what + "[" + i + "]", "two " + what + " are named '" + names.get(i) + "'"));
      }
    }
    return seen;
  }

  /** A fault where a name is none of those that there are. */
  static void known(
      String path, Collection<String> names, String name, String what, List<StudyFault> faults) {
    if (!names.contains(name)) {
      faults.add(
          new StudyFault(
              path, what + " is '" + name + "'; there are " + Names.list(new TreeSet<>(names))));
    }
  }
}
