package refrain.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
  @Test
  void anotherDecoderReadsTheSamePixels() throws Exception {
    int width = 37;
    int height = 5;
    byte[] grey = new byte[width * height];
    new SplittableRandom(1).nextBytes(grey);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(Png.grey(grey, width, height)));
    assertThat(image.getWidth()).isEqualTo(width);
    assertThat(image.getHeight()).isEqualTo(height);
    for (int i = 0; i < grey.length; i++) {
      int pixel = image.getRaster().getSample(i % width, i / width, 0);
      assertThat(pixel).isEqualTo(grey[i] & 0xff);
    }
  }
}
