package refrain.data;

/**
 * One document of a corpus.
 *
 * @param name where it comes from, for messages; of a folder's file its path from there
 * @param text UTF-8, well-formed unless its reader was lenient; not to be changed
 */
public record Document(String name, byte[] text) {}
