package refrain.tensor;

/**
 * The module of the Vector API. Asked for with {@code --add-modules}, java warns on every start
 * that it incubates; a module that is loaded later is as fast, and nothing is said. The JDK loads
 * modules later for itself, through a class that {@code ./refrain} opens ({@code --add-exports
 * java.base/jdk.internal.module=ALL-UNNAMED}).
 */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  private static final class Holder {
    static final boolean PRESENT = ModuleLayer.boot().findModule(NAME).isPresent() || loadedLater();
  }

  /** Whether the Vector API can be used; to be asked before a class that uses it is touched. */
  public static boolean present() {
    return Holder.PRESENT;
  }

  private static boolean loadedLater() {
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, NAME);
      return true;
    } catch (ReflectiveOperationException e) {
      return false; // not opened, or a JDK that does it in another way
    }
  }
}
