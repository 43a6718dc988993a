/**
 * Statistics over runs and seeds: when a measured curve changed and with what uncertainty, whether
 * it changed at all, and what paired samples of change times say. Numbers in, records out; nothing
 * here knows runs, measures or claims. Every random draw comes from a seed that the caller gives.
 */
@NullMarked
package refrain.stats;

import org.jspecify.annotations.NullMarked;
