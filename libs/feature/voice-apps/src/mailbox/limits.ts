/** Messages that a mailbox holds, heard or not. */
export const MOST_MESSAGES = 100;
/** Longest message. */
export const LONGEST_MESSAGE_MS = 180_000;
/** What is shorter, or says nothing for all but so long, is no message. */
export const SHORTEST_MESSAGE_MS = 1_000;
/** So much silence ends a message. */
export const SILENCE_MS = 8_000;
/** Tries for the PIN in one call. */
export const PIN_TRIES = 3;
/** How long after a failure the saving of recordings is tried again. */
export const RETRY_SAVING_MS = 30_000;
