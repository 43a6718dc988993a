package refrain.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What a run trains on, as a validated value: with the seed of the sampling generator it determines
 * every batch. Serialised with a property {@code kind} that names the record.
 *
 * <p>A synthetic language's tables come from the {@code languageSeed} in its record and not from
 * the sampling generator, so that runs of different seeds learn the same language.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = BigramRestarts.class, name = "bigram-restarts"),
  @JsonSubTypes.Type(value = RelabelledBigrams.class, name = "relabelled-bigrams"),
  @JsonSubTypes.Type(value = RepeatedTokens.class, name = "repeated-tokens"),
  @JsonSubTypes.Type(value = RandomOffsetCopy.class, name = "random-offset-copy"),
  @JsonSubTypes.Type(value = MarkovChains.class, name = "markov-chains"),
  @JsonSubTypes.Type(value = BigramTriggers.class, name = "bigram-triggers"),
  @JsonSubTypes.Type(value = Iid.class, name = "iid"),
  @JsonSubTypes.Type(value = TrigramLanguage.class, name = "trigram"),
  @JsonSubTypes.Type(value = Families.class, name = "families"),
  @JsonSubTypes.Type(value = CategoryTask.class, name = "category-task"),
  @JsonSubTypes.Type(value = WordPairs.class, name = "word-pairs"),
  @JsonSubTypes.Type(value = KHop.class, name = "k-hop"),
  @JsonSubTypes.Type(value = Exemplars.class, name = "exemplars"),
  @JsonSubTypes.Type(value = Translations.class, name = "translations"),
  @JsonSubTypes.Type(value = Templates.class, name = "templates"),
  @JsonSubTypes.Type(value = CodeText.class, name = "code"),
  @JsonSubTypes.Type(value = EnglishText.class, name = "english"),
  @JsonSubTypes.Type(value = TextFiles.class, name = "text"),
  @JsonSubTypes.Type(value = GivenWindows.class, name = "windows"),
})
public sealed interface DataSpec
    permits BigramRestarts,
        RelabelledBigrams,
        RepeatedTokens,
        RandomOffsetCopy,
        MarkovChains,
        BigramTriggers,
        Iid,
        TrigramLanguage,
        Families,
        CategoryTask,
        WordPairs,
        KHop,
        Exemplars,
        Translations,
        Templates,
        CodeText,
        EnglishText,
        TextFiles,
        GivenWindows {
  /**
   * Builds the tables or loads the text behind this description.
   *
   * @throws refrain.base.RefrainException when text cannot be found or read
   */
  DataSource open();

  /**
   * The entropy of the next token under the tables that the language drew, nats: what is left to a
   * reader who knows the tables and has seen nothing that repeats. NaN where nothing is drawn from
   * tables, as in text. Runs whose seeds draw languages of their own differ in it, and with it in
   * how long everything takes.
   */
  default double entropy() {
    return Double.NaN;
  }

  /**
   * The same data, said so that it can be recognised: text that may change under its path has a
   * fingerprint. What is fixed by its description is as it is.
   *
   * @throws refrain.base.RefrainException when text cannot be found or read
   */
  default DataSpec pinned() {
    return this;
  }

  /**
   * The same data for a study's n-th replicate: another language of the same kind; of the program's
   * own text other documents for evaluation, in the same tokens. The user's own text, and what has
   * no table, is the same for all. The replicate 0 is the data itself.
   */
  default DataSpec replicate(int n) {
    return this;
  }
}
