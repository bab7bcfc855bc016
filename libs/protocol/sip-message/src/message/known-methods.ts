import { COPIED_OCTETS } from './head-copy.js';

// Spelled out here: an imported constant is looked up at each use.
const OCTETS = COPIED_OCTETS;

/** Methods of the registry, by length: those that are recognised without making a string. */
const METHODS: readonly (readonly { readonly method: string; readonly octets: Uint8Array }[])[] = byLength([
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

/** The method that octets `[from…to)` of the copied head spell, or undefined when it is none that is known. */
export function methodAt(from: number, to: number): string | undefined {
  const candidates = METHODS[to - from];
  if (candidates === undefined) return undefined;
  for (const { method, octets } of candidates) if (isAt(from, octets)) return method;
  return undefined;
}

/** Whether these octets stand at `from` of the copied head. */
export function isAt(from: number, octets: Uint8Array): boolean {
  for (let at = 0; at < octets.length; at++) if (OCTETS[from + at] !== octets[at]) return false;
  return true;
}

function byLength(names: readonly string[]): { method: string; octets: Uint8Array }[][] {
  const lists: { method: string; octets: Uint8Array }[][] = [];
  const longest = Math.max(...names.map((name) => name.length));
  for (let length = 0; length <= longest; length++) {
    const fitting = names.filter((name) => name.length === length);
    lists.push(fitting.map((method) => ({ method, octets: Uint8Array.from(Buffer.from(method)) })));
  }
  return lists;
}
