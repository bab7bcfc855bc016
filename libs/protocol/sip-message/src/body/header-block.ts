import type { HeaderLine } from '../message/build-message.js';
import { oneLine } from '../message/build-message.js';
import { copiedEnd, copyHead } from '../message/head-copy.js';
import { DEFAULT_MESSAGE_LIMITS } from '../message/message-limits.js';
import { scanHead } from '../message/scan-head.js';

/** Header lines with a body behind them: a MIME part, a message fragment. */
export interface Entity {
  readonly headers: readonly HeaderLine[];
  /** A view into the octets that were parsed. */
  readonly body: Buffer;
}

/** Most header lines in front of one part. */
const MAX_HEADERS = 64;

/** Header lines up to an empty line, then the body. @returns undefined when a line is no header line */
export function parseEntity(bytes: Buffer, from = 0): Entity | undefined {
  const limits = { ...DEFAULT_MESSAGE_LIMITS, maxHeaders: MAX_HEADERS };
  const end = copiedEnd(bytes, from);
  const base = copyHead(bytes, from, end);
  const head = scanHead(bytes, from - base, { base, length: end - base, limits, stream: false, strict: true });
  if (head.error !== undefined) return undefined;
  const { index } = head;
  const headers: HeaderLine[] = [];
  for (let line = 0; line < index.count; line++) headers.push([index.name(line), index.value(line)]);
  return { headers, body: bytes.subarray(head.end) };
}

export function buildEntity(entity: { headers: readonly HeaderLine[]; body: string | Uint8Array }): Buffer {
  const lines = entity.headers.map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}\r\n`).join('');
  const body = typeof entity.body === 'string' ? Buffer.from(entity.body, 'utf8') : entity.body;
  return Buffer.concat([Buffer.from(`${lines}\r\n`, 'utf8'), body]);
}

/** The first value of a name, without case. */
export function entityHeader(entity: Entity, name: string): string | undefined {
  const lower = name.toLowerCase();
  return entity.headers.find(([key]) => key.toLowerCase() === lower)?.[1];
}
