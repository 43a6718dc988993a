package refrain.study;

/**
 * How a claim is spoken of in a study's summary, whichever way it comes out. Each part is written
 * to stand in a sentence, such as "it is open whether {@code holds}".
 *
 * @param claim its id
 * @param quantity what its number is, in a few words, such as "share of the score removed"
 * @param holds what is so where it holds
 * @param against what is so where it does not
 */
public record Answer(String claim, String quantity, String holds, String against) {}
