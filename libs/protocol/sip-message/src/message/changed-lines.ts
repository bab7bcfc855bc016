import { firstValueEnd } from '../values/split-values.js';
import type { MessageEdits } from './build-edited-message.js';
import { oneLine } from './build-message.js';
import type { HeaderIndex } from './header-index.js';
import { MAX_FORWARDS, VIA } from './header-names.js';

const NONE: readonly number[] = [];

/**
 * Where the two digits of Max-Forwards stand that other two may be written over, as for most messages: they lose one
 * of 70, and nothing else of the line changes.
 * @returns -1 where the line has to be written anew
 */
export function maxForwardsInPlace(index: HeaderIndex, maxForwards: number | undefined): number {
  if (maxForwards === undefined || maxForwards < 10 || maxForwards > 99 || !index.strictLineEnds) return -1;
  const line = index.first(MAX_FORWARDS);
  if (line < 0 || index.isRepeated(MAX_FORWARDS)) return -1;
  const offset = index.offset(line);
  return index.end(line) - offset === 2 ? offset : -1;
}

/**
 * Lines that do not go on, in order: what is in their place stands in front of all others ({@link linesInFront}).
 * @param inPlace what {@link maxForwardsInPlace} has found
 */
export function linesLeftOut(index: HeaderIndex, edits: MessageEdits, inPlace: number): readonly number[] {
  const { topVia, maxForwards, dropFirst, set } = edits;
  const isNew = maxForwards !== undefined && inPlace < 0;
  if (topVia === undefined && dropFirst === undefined && set === undefined && !isNew) return NONE;
  const lines: number[] = [];
  if (topVia !== undefined) add(lines, index.first(VIA));
  if (dropFirst !== undefined) for (const name of dropFirst) add(lines, index.find(name));
  if (set !== undefined) for (const [name] of set) addAll(lines, index, name);
  if (isNew) addAll(lines, index, 'Max-Forwards');
  return lines;
}

/** Whatever is new, behind our Via. */
export function linesInFront(index: HeaderIndex, edits: MessageEdits, inPlace: number): string {
  const { first, topVia, maxForwards, dropFirst, set } = edits;
  let text = first === undefined ? '' : textOfLines(first);
  if (topVia !== undefined) text += `Via: ${oneLine(topVia)}\r\n`;
  if (dropFirst !== undefined) for (const name of dropFirst) text += otherValues(index, name);
  if (set !== undefined) for (const [name, values] of set) for (const value of values) text += lineOf(name, value);
  return maxForwards === undefined || inPlace >= 0 ? text : `${text}Max-Forwards: ${maxForwards}\r\n`;
}

/** Nothing that is put into a message begins a line of its own. */
export function textOfLines(lines: readonly (readonly [name: string, value: string])[]): string {
  let text = '';
  for (const line of lines) text += lineOf(line[0], line[1]);
  return text;
}

function lineOf(name: string, value: string): string {
  return `${oneLine(name)}: ${oneLine(value)}\r\n`;
}

/** What follows the first value in its line, as a line. */
function otherValues(index: HeaderIndex, name: string): string {
  const line = index.find(name);
  if (line < 0) return '';
  const value = index.passingValue(line);
  const others = value.slice(firstValueEnd(value) + 1).trim();
  return others === '' ? '' : lineOf(name, others);
}

function addAll(lines: number[], index: HeaderIndex, name: string): void {
  for (let line = index.find(name); line >= 0; line = index.find(name, line + 1)) add(lines, line);
}

/** Keeps them in order, each once: there are two or three. */
function add(lines: number[], line: number): void {
  if (line < 0) return;
  let at = lines.length;
  while (at > 0 && (lines[at - 1] ?? 0) > line) at--;
  if (at > 0 && lines[at - 1] === line) return;
  if (at === lines.length) lines.push(line);
  else lines.splice(at, 0, line);
}
