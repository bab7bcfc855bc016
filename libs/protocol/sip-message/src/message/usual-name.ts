import { COPIED_WORDS } from './head-copy.js';
import { HEADER_NAMES } from './header-names.js';

// Spelled out here: an imported constant is looked up at each use.
const WORDS = COPIED_WORDS;

/** No name of the list is longer, with what is behind it. */
const LONGEST_USUAL_NAME = 36;

const SLOTS_LOG2 = 9;
/** Fields of an entry: the header's number and length of `Name: `, the next entry of the slot, and the words of it. */
const NEXT = 1;
const NAME = 2;
const ENTRY = NAME + LONGEST_USUAL_NAME / 4;

/** By hash of the first word: where in {@link entries} to begin, or 0. */
const slots = new Uint16Array(1 << SLOTS_LOG2);
const entries = new Int32Array((HEADER_NAMES.length + 1) * ENTRY);

for (const [id, name] of HEADER_NAMES.entries()) {
  const text = Buffer.from(`${name}: `);
  const entry = (id + 1) * ENTRY;
  entries[entry] = (id << 8) | text.length;
  // The last word may begin within the one before it.
  for (let at = 0, word = NAME; at < text.length; at += 4, word++)
    entries[entry + word] = text.readInt32LE(Math.min(at, text.length - 4));
  // Those that are registered first are seen most often: they come first in their slot.
  const slot = slotOf(entries[entry + NAME] ?? 0);
  let before = slots[slot] ?? 0;
  if (before === 0) slots[slot] = entry;
  else {
    while ((entries[before + NEXT] ?? 0) !== 0) before = entries[before + NEXT] ?? 0;
    entries[before + NEXT] = entry;
  }
}

function slotOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - SLOTS_LOG2);
}

/**
 * The header whose name is written at `at` of the copied head as it is registered, with `: ` behind it, compared four octets at a time.
 * @returns its number shifted left by eight and the octets of `Name: `, or 0 for any other line
 */
export function usualName(at: number): number {
  const first = WORDS.getInt32(at, true);
  let entry = slots[slotOf(first)] ?? 0;
  while (entry !== 0) {
    if (entries[entry + NAME] === first && isWritten(at, entry)) return entries[entry] ?? 0;
    entry = entries[entry + NEXT] ?? 0;
  }
  return 0;
}

function isWritten(at: number, entry: number): boolean {
  const last = ((entries[entry] ?? 0) & 0xff) - 4;
  let word = entry + NAME + 1;
  for (let place = 4; place < last; place += 4) if (WORDS.getInt32(at + place, true) !== entries[word++]) return false;
  return last === 0 || WORDS.getInt32(at + last, true) === entries[word];
}
