package refrain.pretrained.token;

/**
 * A token that is looked for in the text before anything else, such as {@code <|endoftext|>}.
 *
 * @param left whether the white space before it belongs to it
 * @param right whether that after it does
 * @param normalized whether it is looked for in the normalised text
 * @param special whether it is a sign and no text
 */
record Sign(
    int id, String content, boolean left, boolean right, boolean normalized, boolean special) {}
