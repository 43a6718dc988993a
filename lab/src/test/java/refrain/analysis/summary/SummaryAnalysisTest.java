package refrain.analysis.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.model.HeadId;
import refrain.store.MetricsRow;

class SummaryAnalysisTest {
  @Test
  void theSecondHeadIsTheSecondOfAllLayers() {
    MetricsRow row = MetricsRow.at(9);
    row.put("pm.L0H0", .1).put("pm.L0H1", .7).put("pm.L1H0", .9).put("pm.L1H1", .2);
    List<HeadId> heads =
        List.of(new HeadId(0, 0), new HeadId(0, 1), new HeadId(1, 0), new HeadId(1, 1));
    assertThat(SummaryAnalysis.second(row, heads)).isEqualTo(.7);
    assertThat(SummaryAnalysis.second(row, heads.subList(2, 3))).isNaN();
  }
}
