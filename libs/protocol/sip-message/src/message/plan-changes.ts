import { firstValueEnd } from '../values/split-values.js';
import type { MessageEdits } from './build-edited-message.js';
import { oneLine } from './build-message.js';
import type { HeaderIndex } from './header-index.js';
import { MAX_FORWARDS, UNKNOWN_HEADER, headerId } from './header-names.js';

/** Octets `[from, to)` of a message become this text: a line, or a piece of one. */
export interface Change {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const NONE: readonly Change[] = [];

/**
 * What changes among the lines of a message, in order.
 * @param inPlace where {@link maxForwardsInPlace} has found the digits
 */
export function planChanges(index: HeaderIndex, edits: MessageEdits, inPlace: number): readonly Change[] {
  const { dropFirst, set, body } = edits;
  const maxForwards = inPlace < 0 ? edits.maxForwards : undefined;
  if (dropFirst === undefined && set === undefined && maxForwards === undefined && body === undefined) return NONE;
  const changes: Change[] = [];
  if (maxForwards !== undefined)
    replaceLines(changes, index, { name: 'Max-Forwards', text: lines('Max-Forwards', [String(maxForwards)]) });
  if (dropFirst !== undefined) for (const name of dropFirst) dropFirstValue(changes, index, name);
  if (set !== undefined)
    for (const [name, values] of set) replaceLines(changes, index, { name, text: lines(name, values) });
  if (body !== undefined) replaceLines(changes, index, { name: 'Content-Length', text: '' });
  return changes;
}

/**
 * Where the two digits of Max-Forwards stand that other two may be written over, as for most messages: they lose one
 * of 70, and nothing else of theirs changes.
 * @returns -1 where the line has to be written anew
 */
export function maxForwardsInPlace(index: HeaderIndex, edits: MessageEdits): number {
  const { maxForwards, dropFirst, set, body } = edits;
  if (maxForwards === undefined || maxForwards < 10 || maxForwards > 99 || !index.strictLineEnds) return -1;
  if (dropFirst !== undefined || set !== undefined || body !== undefined) return -1;
  const line = index.first(MAX_FORWARDS);
  if (line < 0 || index.isRepeated(MAX_FORWARDS)) return -1;
  const offset = index.offset(line);
  return index.end(line) - offset === 2 ? offset : -1;
}

function dropFirstValue(changes: Change[], index: HeaderIndex, name: string): void {
  const line = index.find(name);
  if (line < 0) return;
  const value = index.value(line);
  const end = firstValueEnd(value);
  const text = end < value.length ? lines(name, [value.slice(end + 1).trim()]) : '';
  add(changes, wholeLine(index, line, text));
}

/** In place of the first line of that name, or behind all; the others go. */
function replaceLines(changes: Change[], index: HeaderIndex, by: { name: string; text: string }): void {
  const id = headerId(by.name);
  let line = index.find(by.name);
  if (line < 0) {
    add(changes, { line: index.count, from: index.linesEnd, to: index.linesEnd, text: by.text });
    return;
  }
  add(changes, wholeLine(index, line, by.text));
  for (;;) {
    line = id === UNKNOWN_HEADER ? index.find(by.name, line + 1) : index.findId(id, line + 1);
    if (line < 0) return;
    add(changes, wholeLine(index, line, ''));
  }
}

function wholeLine(index: HeaderIndex, line: number, text: string): Change {
  return { line, from: index.start(line), to: index.start(line + 1), text };
}

/** Keeps them in order: there are two or three. */
function add(changes: Change[], change: Change): void {
  let at = changes.length;
  while (at > 0 && (changes[at - 1]?.line ?? 0) > change.line) at--;
  if (at === changes.length) changes.push(change);
  else changes.splice(at, 0, change);
}

function lines(name: string, values: readonly string[]): string {
  let text = '';
  for (const value of values) text += `${oneLine(name)}: ${oneLine(value)}\r\n`;
  return text;
}
