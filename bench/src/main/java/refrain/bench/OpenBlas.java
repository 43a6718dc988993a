package refrain.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * OpenBLAS on one thread, called through the FFM API: the library that {@code REFRAIN_OPENBLAS}
 * names, else the one of the jar, else the system's.
 */
final class OpenBlas {
  private static final int ROW_MAJOR = 101;
  private static final int AS_IT_IS = 111;
  private static final int TRANSPOSED = 112;

  private static final String JAR =
      "/org/bytedeco/openblas/" + System.getProperty("refrain.platform", "none") + "/";

  /** In the order of loading: OpenBLAS from the jar finds the others by name, once they are in. */
  private static final List<String> NEEDED =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac")
          ? List.of("libgcc_s.1.1.dylib", "libquadmath.0.dylib", "libgfortran.5.dylib")
          : List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5");

  private static final String LIBRARY = System.mapLibraryName("openblas").replace(".so", ".so.0");

  private final Arena arena = Arena.global();
  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols;
  private final MethodHandle sgemm;

  private OpenBlas(SymbolLookup symbols) {
    this.symbols = symbols;
    this.sgemm =
        handle(
            "cblas_sgemm",
            FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_FLOAT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_FLOAT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    call(handle("openblas_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)), 1);
  }

  /** The library, or null with what is missing on standard error. */
  static @Nullable OpenBlas find() throws IOException {
    Arena arena = Arena.global();
    String named = System.getenv("REFRAIN_OPENBLAS");
    try {
      if (named != null) {
        return new OpenBlas(SymbolLookup.libraryLookup(Path.of(named), arena));
      }
      Path unpacked = unpack();
      return new OpenBlas(
          unpacked != null
              ? SymbolLookup.libraryLookup(unpacked, arena)
              : SymbolLookup.libraryLookup(LIBRARY, arena));
    } catch (IllegalArgumentException e) {
      System.err.println(
          "bench: no OpenBLAS ("
              + e.getMessage()
              + "); name a library in REFRAIN_OPENBLAS, or let Maven reach Maven Central");
      return null;
    }
  }

  /** Puts the jar's libraries into a folder of their own; null where there is no jar. */
  private static @Nullable Path unpack() throws IOException {
    if (OpenBlas.class.getResource(JAR + LIBRARY) == null) {
      return null;
    }
    Path folder = Files.createTempDirectory("refrain-openblas");
    folder.toFile().deleteOnExit();
    List<String> names = new ArrayList<>(NEEDED);
    names.add(LIBRARY);
    Path file = folder;
    for (String name : names) {
      try (InputStream from = OpenBlas.class.getResourceAsStream(JAR + name)) {
        if (from == null) {
          continue; // linked in, on this system
        }
        file = folder.resolve(name);
        Files.copy(from, file);
        file.toFile().deleteOnExit();
        SymbolLookup.libraryLookup(file, Arena.global());
      }
    }
    return file;
  }

  /** Version, options and the processor that it takes this one for. */
  String describe() {
    FunctionDescriptor text = FunctionDescriptor.of(ValueLayout.ADDRESS);
    return text(handle("openblas_get_config", text)) + ", one thread";
  }

  private String text(MethodHandle handle) {
    try {
      MemorySegment at = (MemorySegment) handle.invokeExact();
      return at.reinterpret(1_000).getString(0).strip();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** C &lt;- A B with A as it lies, or transposed, on operands made here. */
  Runnable product(Case.Product of) {
    int m = of.m();
    int n = of.n();
    int k = of.k();
    boolean turned = of.role() == Case.Role.WEIGHTS;
    MemorySegment a = numbers(m * k);
    MemorySegment b = numbers(k * n);
    MemorySegment c = numbers(m * n);
    int transposed = turned ? TRANSPOSED : AS_IT_IS;
    int row = turned ? m : k;
    return () -> {
      try {
        sgemm.invokeExact(ROW_MAJOR, transposed, AS_IT_IS, m, n, k, 1f, a, row, b, n, 0f, c, n);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private MemorySegment numbers(int n) {
    MemorySegment to = arena.allocate(4L * n, 64);
    for (int i = 0; i < n; i++) {
      to.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1e-3f * (i % 17 - 8));
    }
    return to;
  }

  private MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return linker.downcallHandle(symbols.findOrThrow(name), descriptor);
  }

  private static void call(MethodHandle handle, int argument) {
    try {
      handle.invokeExact(argument);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
