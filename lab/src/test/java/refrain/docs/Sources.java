package refrain.docs;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Documentation of classes, out of their sources. */
final class Sources {
  /**
   * What a comment says.
   *
   * @param text of a class or constant, as Markdown
   * @param components what {@code @param} says of each, as Markdown
   */
  record Doc(String text, Map<String, String> components) {
    static final Doc NONE = new Doc("", Map.of());
  }

  private static final Pattern PARAM = Pattern.compile("(?m)^\\s*@param\\s+(\\w+)\\s+");
  private static final Pattern TAG = Pattern.compile("(?m)^\\s*@\\w+");

  /** By binary name of a class, or that and {@code #CONSTANT} or {@code #method}. */
  private final Map<String, Doc> docs = new HashMap<>();

  private final Path root;
  private final Map<Path, Boolean> read = new HashMap<>();

  /**
   * @param root of a source tree
   */
  Sources(Path root) {
    this.root = root;
  }

  Doc of(Class<?> type) {
    load(type);
    return docs.getOrDefault(type.getName(), Doc.NONE);
  }

  /** Of a method of an interface, whatever its parameters. */
  Doc of(Class<?> type, String method) {
    load(type);
    return docs.getOrDefault(type.getName() + "#" + method, Doc.NONE);
  }

  Doc of(Enum<?> constant) {
    load(constant.getDeclaringClass());
    return docs.getOrDefault(
        constant.getDeclaringClass().getName() + "#" + constant.name(), Doc.NONE);
  }

  private void load(Class<?> type) {
    String top = type.getName().replaceFirst("\\$.*", "");
    Path file = root.resolve(top.replace('.', '/') + ".java");
    if (read.putIfAbsent(file, true) == null) {
      parse(file);
    }
  }

  private void parse(Path file) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of("-proc:none"), null, files.getJavaFileObjects(file));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(trees, unit.getPackageName().toString()).scan(unit, "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Reader extends TreePathScanner<Void, String> {
    private final DocTrees trees;
    private final String in;

    Reader(DocTrees trees, String in) {
      this.trees = trees;
      this.in = in;
    }

    @Override
    public Void visitClass(ClassTree type, String around) {
      String name = (around.isEmpty() ? in + "." : around + "$") + type.getSimpleName();
      keep(name);
      return super.visitClass(type, name);
    }

    @Override
    public Void visitVariable(VariableTree variable, String around) {
      if (getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.ENUM) {
        keep(around + "#" + variable.getName());
      }
      return super.visitVariable(variable, around);
    }

    @Override
    public Void visitMethod(MethodTree method, String around) {
      keep(around + "#" + method.getName());
      return null;
    }

    private void keep(String name) {
      String comment = trees.getDocComment(getCurrentPath());
      if (comment != null) {
        docs.put(name, doc(comment));
      }
    }
  }

  private static Doc doc(String comment) {
    Matcher tag = TAG.matcher(comment);
    String text = tag.find() ? comment.substring(0, tag.start()) : comment;
    Map<String, String> components = new LinkedHashMap<>();
    Matcher param = PARAM.matcher(comment);
    while (param.find()) {
      Matcher next = TAG.matcher(comment);
      int end = next.find(param.end()) ? next.start() : comment.length();
      components.put(param.group(1), markdown(comment.substring(param.end(), end)));
    }
    return new Doc(markdown(text), components);
  }

  /** Javadoc's marks as Markdown's, in one paragraph a line. */
  static String markdown(String javadoc) {
    return javadoc
        .replaceAll("(?s)<pre>.*?</pre>", "")
        .replaceAll("\\{@code\\s+([^}]*)}", "`$1`")
        .replaceAll("\\{@link(?:plain)?\\s+[\\w.#]*\\s+([^}]*)}", "$1")
        .replaceAll("\\{@link(?:plain)?\\s+#?([^}]*)}", "`$1`")
        .replaceAll("`([\\w.]*)#(\\w+)`", "`$1.$2`")
        .replaceAll("\\s*\\n\\s*", " ")
        .replaceAll("\\s*</?ul>\\s*", "\n\n")
        .replaceAll("\\s*<li>\\s*", "\n- ")
        .replaceAll("</li>", "")
        .replaceAll("\\s*<p>\\s*", "\n\n")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replaceAll("\\n{3,}", "\n\n")
        .strip();
  }
}
