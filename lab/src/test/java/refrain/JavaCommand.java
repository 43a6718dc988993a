package refrain;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of a program in a process of its own, with the class path of the tests. */
public final class JavaCommand {
  /** The option by which {@code ./refrain} has the Vector API without java's warning. */
  public static final String VECTORS = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED";

  private JavaCommand() {}

  /** To be followed by the program's arguments; may be started in any folder. */
  public static List<String> of(Class<?> program, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(options));
    command.addAll(List.of("-cp", classPath(), program.getName()));
    return command;
  }

  private static String classPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(path.split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
