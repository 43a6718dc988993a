package refrain.analysis.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import refrain.analysis.instrument.ControlSets;
import refrain.data.Rng;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.ModelSpec;

/** Interventions made on other heads than those that they name. */
public final class Retarget {
  private static final long SEED = 2022;

  private Retarget() {}

  /** The heads whose outputs, queries or patterns are changed, in the order of the list. */
  public static List<HeadId> heads(List<Intervention> list) {
    Set<HeadId> heads = new LinkedHashSet<>();
    for (Intervention i : list) {
      switch (i) {
        case Intervention.Replace r -> ofSite(r.site(), heads);
        case Intervention.Scale s -> ofSite(s.site(), heads);
        case Intervention.ClampPattern c -> heads.addAll(c.heads());
        case Intervention.AttentionBias b -> heads.addAll(b.heads());
        case Intervention.OffsetBias b -> heads.addAll(b.heads());
        case Intervention.ReplaceEdge e -> heads.add(e.receiver());
        case Intervention.FreezePatterns _ -> {} // says what stays, not what is changed
        case Intervention.ReplaceLayerEdges _ -> {} // of a whole layer there are no other heads
      }
    }
    return List.copyOf(heads);
  }

  private static void ofSite(Site site, Set<HeadId> heads) {
    if (site.head() >= 0 && (site.kind() == HookKind.Z || site.kind() == HookKind.Q)) {
      heads.add(new HeadId(site.layer(), site.head()));
    }
  }

  /** The same list on other heads; what names none of them stays. */
  public static List<Intervention> on(List<Intervention> list, Map<HeadId, HeadId> other) {
    return list.stream().map(i -> on(i, other)).toList();
  }

  private static Intervention on(Intervention intervention, Map<HeadId, HeadId> other) {
    return switch (intervention) {
      case Intervention.Replace r ->
          new Intervention.Replace(on(r.site(), other), r.source(), r.positions());
      case Intervention.Scale s ->
          new Intervention.Scale(on(s.site(), other), s.factor(), s.positions());
      case Intervention.ClampPattern c ->
          new Intervention.ClampPattern(all(c.heads(), other), c.template(), c.weight());
      case Intervention.AttentionBias b ->
          new Intervention.AttentionBias(all(b.heads(), other), b.template(), b.strength());
      case Intervention.OffsetBias b ->
          new Intervention.OffsetBias(all(b.heads(), other), b.least(), b.most(), b.strength());
      case Intervention.ReplaceEdge e ->
          new Intervention.ReplaceEdge(
              e.sender(),
              other.getOrDefault(e.receiver(), e.receiver()),
              e.input(),
              e.source(),
              e.positions());
      case Intervention.FreezePatterns _, Intervention.ReplaceLayerEdges _ -> intervention;
    };
  }

  private static Site on(Site site, Map<HeadId, HeadId> other) {
    HeadId to = other.get(new HeadId(site.layer(), Math.max(0, site.head())));
    return site.head() < 0 || to == null ? site : new Site(site.kind(), to.layer(), to.head());
  }

  private static List<HeadId> all(List<HeadId> heads, Map<HeadId, HeadId> other) {
    return heads.stream().map(head -> other.getOrDefault(head, head)).toList();
  }

  /**
   * Sets of as many other heads of the same layers, all or so many different ones drawn.
   *
   * @param sets each says which head stands for which
   * @param all whether there are no more
   * @param none why there is no set; "" where there is one
   */
  public record Others(List<Map<HeadId, HeadId>> sets, boolean all, String none) {}

  /**
   * Other heads for those of an intervention.
   *
   * @param most sets
   */
  public static Others others(ModelSpec spec, List<Intervention> list, int most) {
    List<HeadId> heads = heads(list);
    if (heads.isEmpty()) {
      return new Others(List.of(), true, "the intervention is on no single heads");
    }
    heads.forEach(head -> head.check(spec));
    return ofHeads(spec, heads, most);
  }

  private static Others ofHeads(ModelSpec spec, List<HeadId> heads, int most) {
    Map<Integer, List<HeadId>> byLayer = new TreeMap<>();
    heads.forEach(h -> byLayer.computeIfAbsent(h.layer(), l -> new ArrayList<>()).add(h));
    Rng rng = Rng.of(SEED).split("sets of other heads of the layer");
    List<List<List<HeadId>>> choices = new ArrayList<>();
    long product = 1;
    for (List<HeadId> own : byLayer.values()) {
      List<HeadId> rest =
          HeadId.all(spec).stream()
              .filter(h -> h.layer() == own.getFirst().layer() && !own.contains(h))
              .toList();
      // One more than is wanted tells whether there are more.
      List<List<HeadId>> sets = ControlSets.different(rest, own.size(), most + 1, rng);
      choices.add(sets);
      product = Math.min(most + 1L, product * sets.size());
    }
    List<List<HeadId>> owns = List.copyOf(byLayer.values());
    Set<Map<HeadId, HeadId>> chosen = new LinkedHashSet<>();
    if (product > most) {
      while (chosen.size() < most) {
        List<Integer> pick = choices.stream().map(c -> rng.nextInt(c.size())).toList();
        chosen.add(one(owns, choices, pick));
      }
    } else if (product > 0) {
      collect(owns, choices, new ArrayList<>(), chosen);
    }
    return new Others(
        List.copyOf(chosen),
        product <= most,
        chosen.isEmpty() ? "the layer has too few other heads" : "");
  }

  private static void collect(
      List<List<HeadId>> owns,
      List<List<List<HeadId>>> choices,
      List<Integer> pick,
      Set<Map<HeadId, HeadId>> all) {
    if (pick.size() == choices.size()) {
      all.add(one(owns, choices, pick));
      return;
    }
    for (int i = 0; i < choices.get(pick.size()).size(); i++) {
      pick.add(i);
      collect(owns, choices, pick, all);
      pick.removeLast();
    }
  }

  private static Map<HeadId, HeadId> one(
      List<List<HeadId>> owns, List<List<List<HeadId>>> choices, List<Integer> pick) {
    Map<HeadId, HeadId> other = new LinkedHashMap<>();
    for (int l = 0; l < owns.size(); l++) {
      List<HeadId> to = choices.get(l).get(pick.get(l));
      for (int k = 0; k < owns.get(l).size(); k++) {
        other.put(owns.get(l).get(k), to.get(k));
      }
    }
    return other;
  }
}
