package refrain.study;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import refrain.analysis.ondisk.OffArm;
import refrain.analysis.ondisk.OnDiskMeasuring;
import refrain.base.GitClone;
import refrain.base.Version;
import refrain.pretrained.ModelOnDisk;
import refrain.store.Json;
import refrain.store.Machine;
import refrain.store.RunInfo;
import refrain.train.Engines;

/** Measures the arms of a study whose model lies on disk; what is there is not measured again. */
public final class OnDiskRunner {
  private OnDiskRunner() {}

  /** The arms of a study by name. */
  static Map<String, OffArm> arms(Study study) {
    Map<String, OffArm> arms = new LinkedHashMap<>();
    for (Study.Cell cell : study.arms()) {
      Variant variant = cell.variant();
      String where = "study '" + study.name() + "', variant '" + variant.name() + "'";
      arms.put(variant.name(), Json.read(variant.set(), OffArm.class, where));
    }
    return arms;
  }

  /** Writes down what is to be measured and what it has to show. */
  public static void begin(Study study, StudyFolder folder) {
    folder.write(study);
  }

  /**
   * Measures all arms.
   *
   * @param stop asked often; true: what has been measured stays, the same call goes on there
   * @return whether everything is measured
   */
  public static boolean run(
      Study study,
      StudyFolder folder,
      ModelOnDisk model,
      int threads,
      BooleanSupplier stop,
      OnDiskMeasuring.Progress progress) {
    begin(study, folder);
    RunInfo.Session session =
        new RunInfo.Session(
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            -1,
            Version.refrain(),
            Machine.here(),
            Engines.arithmetic(),
            null,
            GitClone.programCommit());
    boolean claimed = study.block() >= Registration.FIRST;
    return folder
        .measuring()
        .measure(model, arms(study), claimed, session, threads, stop, progress);
  }
}
