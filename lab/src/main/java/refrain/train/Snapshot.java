package refrain.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import refrain.base.RefrainException;
import refrain.data.Rng;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.NamedTensor;
import refrain.store.Parent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state of a training run as a checkpoint and back: parameters under their TransformerLens
 * names (tied: with {@code unembed.W_U} too, which readers of those names expect and we derive),
 * the moments of AdamW as {@code exp_avg.NAME} and {@code exp_avg_sq.NAME} (PyTorch's words) in the
 * parameters' shapes, the updates done and the state of the batch generator.
 */
public final class Snapshot {
  private static final String FIRST = "exp_avg.";
  private static final String SECOND = "exp_avg_sq.";
  private static final String UPDATES = "updates";
  private static final String RNG = "dataRng";

  private Snapshot() {}

  /** Parameters alone, of which no training goes on. */
  public static Checkpoint.Contents weights(int step, Parameters parameters) {
    return new Checkpoint.Contents(step, model(parameters), List.of(), Json.object());
  }

  private static List<NamedTensor> model(Parameters parameters) {
    List<NamedTensor> model = tensors("", parameters, parameters.arena());
    if (parameters.spec().tied()) {
      model.add(tiedUnembedding(parameters));
    }
    return model;
  }

  static Checkpoint.Contents take(int step, Parameters parameters, AdamW adam, long[] rng) {
    List<NamedTensor> model = model(parameters);
    List<NamedTensor> optimizer = tensors(FIRST, parameters, adam.first());
    optimizer.addAll(tensors(SECOND, parameters, adam.second()));
    ObjectNode state = Json.object().put(UPDATES, adam.updates());
    ArrayNode words = state.putArray(RNG);
    for (long word : rng) {
      words.add(HexFormat.of().toHexDigits(word)); // as text: JSON readers round large numbers
    }
    return new Checkpoint.Contents(step, model, optimizer, state);
  }

  /** W_U = W_E^T, [d_model, d_vocab]. */
  private static NamedTensor tiedUnembedding(Parameters parameters) {
    int d = parameters.spec().dModel();
    int v = parameters.spec().dVocab();
    float[] embedding = parameters.get("embed.W_E");
    float[] turned = new float[embedding.length];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = embedding[i % v * d + i / v];
    }
    return new NamedTensor("unembed.W_U", new int[] {d, v}, turned);
  }

  private static List<NamedTensor> tensors(String prefix, Parameters parameters, float[] arena) {
    List<NamedTensor> tensors = new ArrayList<>();
    for (Parameter p : parameters.layout().all()) {
      tensors.add(new NamedTensor(prefix + p.name(), p.shape(), Parameters.read(p, arena)));
    }
    return tensors;
  }

  /**
   * Puts a checkpoint back.
   *
   * @return the generator that draws the next batch
   * @throws RefrainException of kind BAD_FILE when the checkpoint does not fit the model
   */
  static Rng restore(Checkpoint checkpoint, Parameters parameters, AdamW adam) {
    String where = checkpoint.folder().toString();
    List<Parameter> all = parameters.layout().all();
    load(where, checkpoint.model(), "", all, parameters.arena());
    List<NamedTensor> moments = checkpoint.optimizer();
    load(where, moments, FIRST, all, adam.first());
    load(where, moments, SECOND, all, adam.second());
    JsonNode state = checkpoint.state();
    adam.restore(field(state, UPDATES, where).asLong(0));
    return generator(state, where);
  }

  /**
   * Takes what a run begins with from the state of another one.
   *
   * @param parameters those of a new run
   * @param rng the generator that a new run has
   * @param seed of what a graft draws
   * @return the generator that draws the first batch
   * @throws RefrainException of kind BAD_FILE that names the tensor when one is missing or has
   *     another shape
   */
  static Rng inherit(
      Checkpoint.Contents checkpoint,
      Parent parent,
      Parameters parameters,
      AdamW adam,
      Rng rng,
      long seed) {
    String where = parent.name();
    List<Parameter> taken =
        parameters.layout().all().stream().filter(p -> parent.takes(p.name())).toList();
    if (parent.takes(Parent.Part.WEIGHTS)) {
      float[] fresh = parameters.arena().clone();
      load(where, checkpoint.model(), "", taken, parameters.arena());
      if (parent.graft() != null) {
        Grafting.apply(parent.graft(), parameters, fresh, seed);
      }
    }
    if (parent.takes(Parent.Part.MOMENTS)) {
      List<NamedTensor> moments = checkpoint.optimizer();
      load(where, moments, FIRST, taken, adam.first());
      load(where, moments, SECOND, taken, adam.second());
      adam.restore(field(checkpoint.state(), UPDATES, where).asLong(0));
    }
    return parent.takes(Parent.Part.GENERATOR) ? generator(checkpoint.state(), where) : rng;
  }

  private static Rng generator(JsonNode state, String where) {
    JsonNode words = field(state, RNG, where);
    long[] rng = new long[words.size()];
    for (int i = 0; i < rng.length; i++) {
      rng[i] = HexFormat.fromHexDigitsToLong(words.get(i).asString(""));
    }
    return Rng.ofState(rng);
  }

  private static JsonNode field(JsonNode state, String name, String where) {
    JsonNode field = state.get(name);
    if (field == null) {
      throw RefrainException.badFile(where + ": the state has no '" + name + "'");
    }
    return field;
  }

  /** Reads parameters from tensors of any order; each of them has to be there. */
  private static void load(
      String where,
      List<NamedTensor> tensors,
      String prefix,
      List<Parameter> parameters,
      float[] arena) {
    for (Parameter p : parameters) {
      NamedTensor tensor =
          tensors.stream()
              .filter(t -> t.name().equals(prefix + p.name()))
              .findFirst()
              .orElseThrow(() ->
                  RefrainException.badFile(where + ": has no tensor '" + prefix + p.name() + "'"));
      if (!Arrays.equals(tensor.shape(), p.shape())) {
        throw RefrainException.badFile(
            "%s: tensor '%s' has shape %s, expected %s",
            where, tensor.name(), Arrays.toString(tensor.shape()), Arrays.toString(p.shape()));
      }
      Parameters.write(p, tensor.values(), arena);
    }
  }

  /**
   * The parameters of a checkpoint.
   *
   * @throws RefrainException of kind BAD_FILE when it is damaged or does not fit the model
   */
  public static Parameters parameters(Checkpoint checkpoint, ModelSpec spec) {
    Parameters parameters = Parameters.zeros(spec);
    load(
        checkpoint.folder().toString(),
        checkpoint.model(),
        "",
        parameters.layout().all(),
        parameters.arena());
    return parameters;
  }
}
