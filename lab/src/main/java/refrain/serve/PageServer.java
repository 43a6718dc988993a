package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import refrain.analysis.explore.StateCache;
import refrain.base.RefrainException;
import refrain.serve.http.Guard;
import refrain.serve.http.HttpPage;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.serve.http.Router;
import refrain.store.Json;
import refrain.train.Metrics;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The page and all that it asks, for one folder of runs. */
public final class PageServer implements AutoCloseable {
  private final HttpPage page;
  private final Watch watch;
  private final Desk desk;
  private final Door door;

  /**
   * Where and for whom.
   *
   * @param host to listen at
   * @param port 0: any that is free
   * @param token that each request has to bring
   * @param names under which it is asked beside those of the machine itself
   */
  public record Door(String host, int port, String token, Set<String> names) {}

  /** All words, or those that somebody looks up. */
  public interface Glossary {
    List<Word> all();

    List<Word> find(String word);
  }

  private PageServer(HttpPage page, Watch watch, Desk desk, Door door) {
    this.page = page;
    this.watch = watch;
    this.desk = desk;
    this.door = door;
  }

  /**
   * Begins to answer.
   *
   * @param folder that holds runs and models, or is one; it may be empty
   * @param defects hears of failures that nobody foresaw
   * @throws RefrainException of kind BAD_INPUT when the folder is none or the port is taken
   */
  public static PageServer open(
      Path folder, Door door, Glossary glossary, Consumer<Throwable> defects) {
    return open(folder, door, glossary, null, defects);
  }

  /**
   * The same, and starts and stops runs where it is asked to.
   *
   * @param program that trains; null: this server only shows runs
   */
  public static PageServer open(
      Path folder,
      Door door,
      Glossary glossary,
      @Nullable Program program,
      Consumer<Throwable> defects) {
    return open(
        folder,
        RecordedExample.standard(),
        door,
        glossary,
        program,
        StateCache.standard(),
        new Desk(),
        defects);
  }

  /**
   * The same with a cache and a desk of one's own.
   *
   * @param example what is shown while the folder has no run
   */
  static PageServer open(
      Path folder,
      RecordedExample example,
      Door door,
      Glossary glossary,
      @Nullable Program program,
      StateCache cache,
      Desk desk,
      Consumer<Throwable> defects) {
    Models models = new Models(folder);
    Listing listing = new Listing(folder, models, example);
    Runs runs = new Runs(listing);
    Home home = new Home(listing, models);
    ModelAnswers model = new ModelAnswers(models, desk, defects);
    RunAnswer run = new RunAnswer(listing, runs);
    Watched watched = new Watched(runs);
    States states = new States(listing, runs, desk, cache);
    Replays replays = new Replays(listing, states, desk, defects);
    Causes causes = new Causes(runs, states, desk, defects);
    Films films = new Films(runs, states, desk);
    Tours tours = new Tours(listing, runs, states);
    Watch watch = new Watch(listing, defects);
    Jobs jobs =
        program == null || Models.isModel(folder) // no run belongs into a model's folder
            ? null
            : new Jobs(program, job -> watch.tell("job", job));
    Control control = new Control(listing, jobs, new Speed());
    StudyAnswer studies = new StudyAnswer(listing);
    Router router =
        new Router()
            .on("GET", "/", PageFiles::index)
            .on("GET", "/api/home", home::home)
            .on("GET", "/api/glossary", words(glossary))
            .on("GET", "/api/events", watch::events)
            .on("GET", "/api/runs/{id}", model.or(model::model, run::run))
            .on("GET", "/api/runs/{id}/series", model.or(model::none, runs::series))
            .on("GET", "/api/runs/{id}/heads", model.or(model::none, runs::heads))
            .on("GET", "/api/runs/{id}/index", model.or(model::none, runs::index))
            .on("GET", "/api/runs/{id}/watch", model.or(model::none, watched::events))
            .on("GET", "/api/runs/{id}/text", model.or(model::text, runs::text))
            .on("GET", "/api/runs/{id}/tour", model.or(model::none, tours::tour))
            .on("POST", "/api/runs/{id}/film", model.or(model::film, films::film))
            .on("GET", "/api/runs/{id}/exact", model.or(model::none, replays::takes))
            .on("POST", "/api/runs/{id}/exact", model.or(model::none, replays::exact))
            .on("POST", "/api/runs/{id}/pass", model.or(model::pass, causes::pass))
            .on("GET", "/api/runs/{id}/circuit", model.or(model::verdicts, causes::circuit))
            .on("GET", "/api/runs/{id}/tables", model.or(model::none, causes::tables))
            .on("GET", "/api/runs/{id}/evidence", model.or(model::none, causes::evidence))
            .on("POST", "/api/runs/{id}/generate", model.or(model::generate, causes::generate))
            .on("GET", "/api/presets", control::presets)
            .on("GET", "/api/jobs", control::all)
            .on("POST", "/api/check", control::check)
            .on("POST", "/api/runs", control::start)
            .on("POST", "/api/runs/{id}/stop", control::stop)
            .on("POST", "/api/runs/{id}/resume", control::resume)
            .on("GET", "/api/studies/{id}", studies::study)
            .on("POST", "/api/studies", control::reproduce)
            .on("POST", "/api/studies/{id}/judge", control::judge)
            .on("GET", "/api/offline", Offline::page)
            .on("GET", "/{file}", PageFiles::named);
    try {
      InetSocketAddress address = new InetSocketAddress(door.host, door.port);
      HttpPage page =
          HttpPage.open(
              address,
              port -> Guard.of(door.token, door.names, port),
              router,
              HttpPage.Limits.DEFAULT,
              defects);
      Thread.ofVirtual().start(() -> readAhead(listing));
      return new PageServer(page, watch, desk, door);
    } catch (IOException | UnresolvedAddressException e) {
      watch.close();
      desk.close();
      throw refused(door, e);
    }
  }

  private static RefrainException refused(Door door, Exception e) {
    return switch (e) {
      case BindException _ ->
          RefrainException.badInput(
              ("port %s of %s cannot be had (%s): another program, perhaps another ./refrain serve,"
                      + " has it; give another one with --port, or --port 0 for any that is free")
                  .formatted(door.port, door.host, e.getMessage()),
              e);
      case UnresolvedAddressException _, SocketException _ ->
          RefrainException.badInput(
              ("--host %s: is no address of this machine (%s); leave it out to serve this machine"
                      + " alone")
                  .formatted(door.host, e.getMessage()),
              e);
      default -> RefrainException.disk("the server cannot begin: " + e.getMessage(), e);
    };
  }

  /**
   * While the browser starts: of a hundred runs the first listing takes seconds, later ones not.
   */
  private static void readAhead(Listing listing) {
    try {
      listing.now();
    } catch (RefrainException e) {
      return; // said to who asks
    }
  }

  private static Function<Request, Reply> words(Glossary glossary) {
    return request -> {
      request.only("word");
      List<Word> words = request.text("word").map(glossary::find).orElseGet(glossary::all);
      ArrayNode list = Json.object().putArray("words");
      for (Word word : words) {
        ObjectNode object = list.addObject().put("word", word.term());
        ArrayNode names = object.putArray("names");
        word.names().forEach(names::add);
        object
            .put("key", field(word, "symbol"))
            .put("formula", field(word, "formula"))
            .put("unit", field(word, "unit"))
            .put("shape", field(word, "shape"))
            .put("class", field(word, "class"))
            .put("says", field(word, "meaning"))
            .put("source", field(word, "source"));
      }
      return Reply.json(list);
    };
  }

  private static String field(Word word, String name) {
    return word.fields().getOrDefault(name, "");
  }

  public int port() {
    return page.port();
  }

  /** Asks what a page asks when it opens: its files, the list, and the numbers of a run. */
  public void ask() {
    ask("/");
    ask("/app.js");
    ask("/api/glossary");
    JsonNode runs = Json.parse(new String(ask("/api/home"), UTF_8), "home").path("runs");
    if (!runs.isEmpty()) {
      String run = "/api/runs/" + runs.path(0).path("id").asString("");
      ask(run);
      ask(run + "/series?keys=" + Metrics.LOSS + "," + Metrics.ICL);
      ask(run + "/heads?key=pm");
      ask(run + "/index");
      ask(run + "/text?kind=evaluation");
    }
  }

  private byte[] ask(String path) {
    try {
      HttpURLConnection asked =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port() + path).toURL().openConnection();
      asked.setRequestProperty("Authorization", "Bearer " + door.token);
      return asked.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw RefrainException.disk("the server does not answer: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    watch.close();
    desk.close();
    page.close();
  }
}
