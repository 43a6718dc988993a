package refrain.intervene;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;

/**
 * An activation that can be changed, written as
 *
 * <ul>
 *   <li>L1H4, or 1.4 as files keep it: a head's output z (so nothing but b_O is left of it when it
 *       is zeroed);
 *   <li>mlp.1: an MLP's output;
 *   <li>any editable hook point, such as hook_embed or blocks.0.hook_resid_pre, and one head of it:
 *       blocks.0.attn.hook_k[1].
 * </ul>
 *
 * @param kind which activation; an editable one
 * @param layer the block, or -1
 * @param head the head (key head for keys and values), or -1: the whole activation
 */
public record Site(HookKind kind, int layer, int head) {
  private static final Pattern MLP = Pattern.compile("mlp\\.(\\d{1,6})");
  private static final Pattern INDEXED = Pattern.compile("(.+)\\[(\\d{1,6})]");

  public Site {
    if (!kind.editable()) {
      throw RefrainException.badInput(
          "hook point " + new HookPoint(kind, layer) + " can be read but not changed");
    }
    if (head >= 0 && !kind.perHead()) {
      throw RefrainException.badInput("hook point " + new HookPoint(kind, layer) + " has no heads");
    }
  }

  /** A head's output. */
  public static Site of(HeadId head) {
    return new Site(HookKind.Z, head.layer(), head.head());
  }

  /** An MLP's output. */
  public static Site mlp(int layer) {
    return new Site(HookKind.MLP_OUT, layer, -1);
  }

  /** A whole activation. */
  public static Site of(HookKind kind, int layer) {
    return new Site(kind, layer, -1);
  }

  /** The site of that name; an unknown name is an error that lists the valid ones. */
  @JsonCreator
  public static Site parse(String text) {
    HeadId id = HeadId.tryParse(text);
    if (id != null) {
      return of(id);
    }
    Matcher mlp = MLP.matcher(text);
    if (mlp.matches()) {
      return mlp(Integer.parseInt(mlp.group(1)));
    }
    Matcher indexed = INDEXED.matcher(text);
    HookPoint point = HookPoint.parse(indexed.matches() ? indexed.group(1) : text);
    int head = indexed.matches() ? Integer.parseInt(indexed.group(2)) : -1;
    return new Site(point.kind(), point.layer(), head);
  }

  HookPoint point() {
    return new HookPoint(kind, layer);
  }

  /** The query head that this is the output of, or null. */
  @Nullable HeadId asHead() {
    return kind == HookKind.Z && head >= 0 ? new HeadId(layer, head) : null;
  }

  /** Heads of the activation: key heads for keys and values; 0 where it has none. */
  int heads(ModelSpec spec) {
    return switch (kind) {
      case Q, Z -> spec.nHeads();
      case K, V -> spec.nKvHeads();
      default -> 0;
    };
  }

  /** Numbers at each position. */
  int width(ModelSpec spec) {
    return heads(spec) == 0 ? spec.dModel() : (head < 0 ? heads(spec) : 1) * spec.dHead();
  }

  /** Fails, listing what is valid, where the model has no such place. */
  void check(ModelSpec spec) {
    HeadId id = asHead();
    if (id != null) {
      id.check(spec);
    }
    List<HookPoint> editable = new ArrayList<>(HookPoint.all(spec));
    editable.removeIf(p -> !p.kind().editable());
    if (!editable.contains(point())) {
      throw RefrainException.badInput(
          ("no site '%s' in this model; heads are %s; other places that can be changed " + "are %s")
              .formatted(this, Names.list(HeadId.all(spec)), Names.list(editable)));
    }
    if (head >= heads(spec) && head >= 0) {
      throw RefrainException.badInput(
          "no site '%s' in this model; %s has heads 0..%s"
              .formatted(this, point(), heads(spec) - 1));
    }
  }

  /** As files write it: as people read it, but for a head, which is 1.4. */
  @JsonValue
  String inFiles() {
    HeadId id = asHead();
    return id == null ? toString() : id.inFiles();
  }

  @Override
  public String toString() {
    HeadId id = asHead();
    if (id != null) {
      return id.toString();
    }
    if (kind == HookKind.MLP_OUT) {
      return "mlp." + layer;
    }
    return point() + (head < 0 ? "" : "[" + head + "]");
  }
}
