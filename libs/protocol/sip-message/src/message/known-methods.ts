import { COPIED_OCTETS, COPIED_WORDS } from './head-copy.js';

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;
const WORDS = COPIED_WORDS;

/** A method by its first four octets and its last, or the three that it has; the fifth of a longer one is in neither. */
interface KnownMethod {
  readonly method: string;
  readonly first: number;
  readonly last: number;
}

/** Methods of the registry, by length: those that are recognised without making a string. */
const METHODS: readonly (readonly KnownMethod[])[] = byLength([
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'REGISTER',
  'OPTIONS',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'UPDATE',
  'PRACK',
  'REFER',
  'INFO',
  'PUBLISH',
]);
const THREE_OCTETS = 0xffffff;
const LETTER_C = 67;
const LONGEST_IN_TWO_WORDS = 8;

/** The method that octets `[from…to)` of the copied head spell, or undefined when it is none that is known. */
export function methodAt(from: number, to: number): string | undefined {
  const length = to - from;
  const candidates = METHODS[length];
  if (candidates === undefined) return undefined;
  const word = WORDS.getInt32(from, true);
  const first = length < 4 ? word & THREE_OCTETS : word;
  const last = length < 4 ? first : WORDS.getInt32(to - 4, true);
  for (let at = 0; at < candidates.length; at++) {
    const known = candidates[at];
    if (known === undefined || known.first !== first || known.last !== last) continue;
    return length <= LONGEST_IN_TWO_WORDS || OCTETS[from + 4] === LETTER_C ? known.method : undefined;
  }
  return undefined;
}

/** Whether these octets stand at `from` of the copied head. */
export function isAt(from: number, octets: Uint8Array): boolean {
  for (let at = 0; at < octets.length; at++) if (OCTETS[from + at] !== octets[at]) return false;
  return true;
}

function byLength(names: readonly string[]): KnownMethod[][] {
  const lists: KnownMethod[][] = [];
  const longest = Math.max(...names.map((name) => name.length));
  for (let length = 0; length <= longest; length++) {
    const fitting = names.filter((name) => name.length === length);
    lists.push(
      fitting.map((method) => ({ method, first: wordOf(method, 0), last: wordOf(method, Math.max(0, length - 4)) })),
    );
  }
  return lists;
}

function wordOf(text: string, from: number): number {
  const word = Buffer.alloc(4);
  word.write(text.slice(from, from + 4), 'latin1');
  return word.readInt32LE(0);
}
