/** V8 cuts a longer piece of a text without copying it: the piece keeps the whole text alive. */
const LONGEST_COPIED = 12;

/**
 * The same text in memory of its own, for those who keep a Call-ID, a branch or another short text beyond its message:
 * as the message gives it, it may keep the message's head alive, up to 2 KB.
 */
export function ownText(text: string): string {
  return text.length <= LONGEST_COPIED ? text : ` ${text}`.slice(1);
}
