/** Longest sentence, in characters; about two minutes of speech. */
export const LONGEST_TEXT = 2_000;
/** How many sentences may wait for the voice at once. */
export const MOST_WAITING = 64;
/** A synthesis that takes longer has hung: its process is replaced. */
export const SYNTHESIS_LIMIT_MS = 60_000;
/** The voice's process holds some 100 MB: it is let go after this much quiet. */
export const IDLE_VOICE_MS = 20_000;
/** Files that nobody asked for in this time are deleted at start. */
export const UNUSED_AFTER_MS = 90 * 24 * 3600_000;
/** How long after a failure the voice is tried again. */
export const RETRY_MS = 10_000;
