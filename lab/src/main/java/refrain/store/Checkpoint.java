package refrain.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import refrain.base.Digests;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A complete checkpoint on disk: {@code model.safetensors}, {@code state.json}, and for those that
 * a run can be resumed from {@code optimizer.safetensors}. {@code state.json} holds the size and
 * the SHA-256 of the other files and of its own state, so that damage is found before it is used.
 *
 * @param step updates done when it was taken
 * @param resumable whether the optimiser's state is there
 */
public record Checkpoint(long step, Path folder, boolean resumable) {
  public static final String MODEL = "model.safetensors";
  public static final String OPTIMIZER = "optimizer.safetensors";
  static final String STATE = "state.json";

  /**
   * What goes into a checkpoint.
   *
   * @param model the parameters, with TransformerLens' names and shapes
   * @param optimizer the optimiser's moments; empty for a checkpoint that is only measured later
   * @param state generators, schedules and whatever else a resumed run needs
   */
  public record Contents(
      long step, List<NamedTensor> model, List<NamedTensor> optimizer, JsonNode state) {
    /** What goes into the head of its files. */
    private Map<String, String> metadata() {
      return Map.of("format", "pt", "step", Long.toString(step));
    }

    /** The SHA-256 that {@link #MODEL} has once this is written. */
    public String modelSha256() {
      DigestOutputStream digest =
          new DigestOutputStream(OutputStream.nullOutputStream(), Digests.sha256());
      try {
        SafeTensorsWriter.writeTo(digest, model, metadata());
      } catch (IOException e) {
        throw new IllegalStateException("a stream to nowhere fails on nothing", e);
      }
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    }
  }

  /** The parameters, checked against their checksum. */
  public List<NamedTensor> model() {
    verify(MODEL, header());
    return SafeTensors.readAll(folder.resolve(MODEL));
  }

  /** The optimiser's moments, checked; empty for a checkpoint that is not resumable. */
  public List<NamedTensor> optimizer() {
    if (!resumable) {
      return List.of();
    }
    verify(OPTIMIZER, header());
    return SafeTensors.readAll(folder.resolve(OPTIMIZER));
  }

  /** The state given when it was written, checked. */
  public JsonNode state() {
    return field(header(), "state");
  }

  /**
   * Checks every file.
   *
   * @throws RefrainException of kind BAD_FILE that names the damaged file
   */
  public void verify() {
    JsonNode header = header();
    for (Map.Entry<String, JsonNode> file : field(header, "files").properties()) {
      verify(file.getKey(), header);
    }
  }

  /** The checksums of its files and of its {@code state}, as they are recorded. */
  public Map<String, String> checksums() {
    JsonNode header = header();
    Map<String, String> all = new TreeMap<>();
    field(header, "files")
        .forEachEntry((name, file) -> all.put(name, field(file, "sha256").asString("")));
    all.put("state", field(header, "stateSha256").asString(""));
    return all;
  }

  private void verify(String name, JsonNode header) {
    Path file = folder.resolve(name);
    JsonNode entry = field(field(header, "files"), name);
    String found = checksum(file);
    String expected = field(entry, "sha256").asString("");
    if (!found.equals(expected)) {
      throw RefrainException.badFile(
          "%s: has SHA-256 %s..., expected %s...: the file is damaged",
          file, found.substring(0, 12), expected);
    }
  }

  private JsonNode header() {
    JsonNode header = Json.readFile(folder.resolve(STATE));
    String found = Json.hash(field(header, "state"));
    String expected = field(header, "stateSha256").asString("");
    if (!found.equals(expected) || field(header, "step").asLong(-1) != step) {
      throw RefrainException.badFile(
          folder.resolve(STATE) + ": does not match its own checksum or step: it is damaged");
    }
    return header;
  }

  private JsonNode field(JsonNode node, String name) {
    JsonNode field = node.get(name);
    if (field == null) {
      throw RefrainException.badFile("%s: has no '%s': it is damaged", folder.resolve(STATE), name);
    }
    return field;
  }

  private static String checksum(Path file) {
    try (OutputStream nowhere = OutputStream.nullOutputStream();
        DigestOutputStream digest = new DigestOutputStream(nowhere, Digests.sha256())) {
      Files.copy(file, digest);
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (IOException e) {
      throw RefrainException.badFile(file + ": cannot be read: " + e, e);
    }
  }

  /** Writes all files into a folder that nobody looks at yet, each synced. */
  static void writeFiles(Path folder, Contents contents) throws IOException {
    ObjectNode header = Json.object().put("step", contents.step);
    ObjectNode files = header.putObject("files");
    Map<String, String> metadata = contents.metadata();
    writeTensors(folder, MODEL, contents.model, metadata, files);
    if (!contents.optimizer.isEmpty()) {
      writeTensors(folder, OPTIMIZER, contents.optimizer, metadata, files);
    }
    header.put("stateSha256", Json.hash(contents.state));
    header.set("state", contents.state);
    byte[] json = Json.pretty(header).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    AtomicFiles.writeSynced(folder.resolve(STATE), out -> out.write(json));
    AtomicFiles.syncFolder(folder);
  }

  private static void writeTensors(
      Path folder,
      String name,
      List<NamedTensor> tensors,
      Map<String, String> metadata,
      ObjectNode files)
      throws IOException {
    AtomicFiles.writeSynced(
        folder.resolve(name),
        out -> {
          DigestOutputStream digest = new DigestOutputStream(out, Digests.sha256());
          SafeTensorsWriter.writeTo(digest, tensors, metadata);
          String hex = HexFormat.of().formatHex(digest.getMessageDigest().digest());
          files.putObject(name).put("sha256", hex);
        });
  }
}
