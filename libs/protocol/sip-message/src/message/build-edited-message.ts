import { firstValueEnd } from '../values/split-values.js';
import type { HeaderLine } from './build-message.js';
import { oneLine } from './build-message.js';
import type { HeaderIndex } from './header-index.js';
import { CONTENT_LENGTH, headerId } from './header-names.js';
import { OctetSlab } from './octet-slab.js';
import type { SipMessage } from './sip-message.js';

/** What changes in a message that goes on (RFC 3261 §16.6, §16.7); everything else is copied as it came. */
export interface MessageEdits {
  /** New Request-URI; counts for requests only. */
  readonly uri?: string | undefined;
  /** Lines in front of all others: our Via, our Record-Route. */
  readonly first?: readonly HeaderLine[];
  /** Headers whose first value goes: the top Via of a response, a Route that was reached. */
  readonly dropFirst?: readonly string[];
  /** New values, one line each, in place of all lines of that name, or at the end. No value takes the header out. */
  readonly set?: readonly (readonly [name: string, values: readonly string[]])[];
  /** Lines behind all others. */
  readonly last?: readonly HeaderLine[];
  /** New body; Content-Length follows, Content-Type is for `set`. */
  readonly body?: string | Uint8Array | undefined;
}

const EMPTY_LINE = '\r\n';
/** Built messages lie here until they are sent; which of them share memory changes nothing that can be seen. */
const SLAB = new OctetSlab();

/**
 * A received message with these changes, as octets. Untouched lines and the body are copied in ranges, never parsed or
 * written anew; only line ends that are not CR LF are put right, and a missing Content-Length is added.
 */
export function buildEditedMessage(message: SipMessage, edits: MessageEdits): Buffer {
  const { index, bytes, bodyStart, bodyEnd } = message.octets;
  let text =
    message.kind === 'request'
      ? `${message.method} ${oneLine(edits.uri ?? message.uriText)} SIP/2.0\r\n`
      : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  if (edits.first !== undefined) text += lines(edits.first);
  const body = typeof edits.body === 'string' ? Buffer.from(edits.body, 'utf8') : edits.body;
  const changes = plan(index, edits, body !== undefined);
  let end = edits.last === undefined ? '' : lines(edits.last);
  if (body !== undefined || index.findId(CONTENT_LENGTH) < 0) {
    end += `Content-Length: ${body?.length ?? bodyEnd - bodyStart}\r\n`;
  }
  end += EMPTY_LINE;

  let texts = text.length + end.length;
  for (const change of changes) texts += change.text.length;
  // Putting line ends right may add octets to each line, and one that is no UTF-8 becomes three.
  const copied = (index.linesEnd - index.start(0)) * (index.strictLineEnds ? 1 : 3) + index.count * 4;
  const most = texts * 3 + copied + (body?.length ?? bodyEnd - bodyStart);
  SLAB.begin(most).text(text);
  let line = 0;
  for (const change of changes) {
    copyLines(index, line, change.line);
    if (change.text !== '') SLAB.text(change.text);
    line = change.line + (change.replaces ? 1 : 0);
  }
  if (end === EMPTY_LINE && body === undefined && index.strictLineEnds) {
    return SLAB.copy(bytes, index.start(line), bodyEnd).finish();
  }
  copyLines(index, line, index.count);
  SLAB.text(end);
  return (body === undefined ? SLAB.copy(bytes, bodyStart, bodyEnd) : SLAB.copy(body, 0, body.length)).finish();
}

interface Change {
  readonly line: number;
  readonly text: string;
  /** Whether the line itself goes, or the text stands in front of it. */
  readonly replaces: boolean;
}

/** The changed lines, in order. */
function plan(index: HeaderIndex, edits: MessageEdits, newBody: boolean): Change[] {
  const changes: Change[] = [];
  if (edits.dropFirst !== undefined) {
    for (const name of edits.dropFirst) {
      const line = index.find(name);
      if (line < 0) continue;
      const value = index.value(line);
      const end = firstValueEnd(value);
      const text = end < value.length ? lines([[name, value.slice(end + 1).trim()]]) : '';
      add(changes, { line, text, replaces: true });
    }
  }
  if (edits.set !== undefined) {
    for (const [name, values] of edits.set) {
      let text = '';
      for (const value of values) text += `${name}: ${oneLine(value)}\r\n`;
      replaceAll(changes, index, [name, text]);
    }
  }
  if (newBody) replaceAll(changes, index, ['Content-Length', '']);
  return changes;
}

function replaceAll(changes: Change[], index: HeaderIndex, [name, text]: HeaderLine): void {
  const id = headerId(name);
  let line = index.find(name);
  add(changes, line < 0 ? { line: index.count, text, replaces: false } : { line, text, replaces: true });
  while (line >= 0) {
    line = id < 0 ? index.find(name, line + 1) : index.findId(id, line + 1);
    if (line >= 0) add(changes, { line, text: '', replaces: true });
  }
}

/** Keeps them in order: there are two or three. */
function add(changes: Change[], change: Change): void {
  let at = changes.length;
  while (at > 0 && (changes[at - 1]?.line ?? 0) > change.line) at--;
  if (at === changes.length) changes.push(change);
  else changes.splice(at, 0, change);
}

/** Lines `[from, to)` as they came; their ends are put right where they need it. */
function copyLines(index: HeaderIndex, from: number, to: number): void {
  if (from >= to) return;
  const { bytes } = index;
  if (index.strictLineEnds) {
    SLAB.copy(bytes, index.start(from), index.start(to));
    return;
  }
  for (let line = from; line < to; line++) SLAB.text(`${index.name(line)}: ${index.value(line)}\r\n`);
}

function lines(list: readonly HeaderLine[]): string {
  let text = '';
  for (const [name, value] of list) text += `${name}: ${oneLine(value)}\r\n`;
  return text;
}
