package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import refrain.base.Names;
import refrain.base.RefrainException;

/**
 * One place in a forward pass.
 *
 * @param kind what is computed there
 * @param layer the block, or -1 where the kind has only one place
 */
public record HookPoint(HookKind kind, int layer) {
  private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d{1,6})\\.(.+)");

  public HookPoint {
    if (kind.inBlock() != (layer >= 0)) {
      throw new IllegalArgumentException(kind + " with layer " + layer);
    }
  }

  public static HookPoint of(HookKind kind) {
    return new HookPoint(kind, -1);
  }

  public static HookPoint of(HookKind kind, int layer) {
    return new HookPoint(kind, layer);
  }

  /** The TransformerLens name, such as blocks.0.attn.hook_pattern. */
  public String name() {
    return kind.inBlock() ? "blocks." + layer + "." + kind.suffix() : kind.suffix();
  }

  /** All places of such a model, in the order of computation. */
  public static List<HookPoint> all(ModelSpec spec) {
    List<HookKind> kinds = Arrays.stream(HookKind.values()).filter(k -> k.in(spec)).toList();
    List<HookPoint> points = new ArrayList<>();
    kinds.stream().filter(k -> !k.inBlock() && !k.afterBlocks()).forEach(k -> points.add(of(k)));
    for (int l = 0; l < spec.nLayers(); l++) {
      int layer = l;
      kinds.stream().filter(HookKind::inBlock).forEach(k -> points.add(of(k, layer)));
    }
    kinds.stream().filter(HookKind::afterBlocks).forEach(k -> points.add(of(k)));
    return points;
  }

  /** The place of that name; an unknown name is an error that lists the valid ones. */
  public static HookPoint parse(String name, ModelSpec spec) {
    List<HookPoint> valid = all(spec);
    return valid.stream()
        .filter(point -> point.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "no hook point '%s' in this model; it has %s", name, Names.list(valid)));
  }

  /**
   * The place of that name in some model; an unknown name is an error that lists the valid ones.
   */
  public static HookPoint parse(String name) {
    Matcher block = BLOCK.matcher(name);
    String suffix = block.matches() ? block.group(2) : name;
    for (HookKind k : HookKind.values()) {
      if (k.suffix().equals(suffix) && k.inBlock() == block.matches()) {
        return k.inBlock() ? of(k, Integer.parseInt(block.group(1))) : of(k);
      }
    }
    throw RefrainException.badInput(
        "no hook point '%s'; there are %s",
        name,
        Arrays.stream(HookKind.values())
            .map(k -> (k.inBlock() ? "blocks.{layer}." : "") + k.suffix())
            .collect(Collectors.joining(", ")));
  }

  @Override
  public String toString() {
    return name();
  }
}
