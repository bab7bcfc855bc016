import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildEditedMessage } from './build-edited-message.js';
import { checkMandatoryHeaders } from './check-mandatory-headers.js';
import { headerId } from './header-names.js';
import { parseMessage } from './parse-message.js';
import { TYPED_HEADERS } from './typed-headers.js';
import type { TypedHeader } from './typed-headers.js';

const FOLDER = new URL('../../vectors/rfc-flows/', import.meta.url);

/** Messages that their RFC prints with a mistake, and what is wrong with them. */
const MISPRINTS: Readonly<Record<string, string>> = {
  // An ellipsis behind the value; a Request-URI without its scheme.
  'rfc3327 001': 'Supported',
  'rfc3327 002': 'Path',
  'rfc3327 003': 'Path',
  'rfc3327 004': 'Path',
  'rfc3327 005': 'Path',
  'rfc3327 006': 'Path',
  'rfc3327 007': 'Path',
  'rfc3327 008': 'Path',
  'rfc3327 009': 'Bad Request-URI, Contact',
  'rfc3327 010': 'Bad Request-URI, Route',
  'rfc3327 011': 'Bad Request-URI, Route',
  'rfc3327 012': 'Bad Request-URI, Record-Route',
  // An empty parameter, `;;`.
  'rfc3428 003': 'Via',
  'rfc3428 004': 'Bad From, From',
  // A remark where the URI belongs.
  'rfc3515 001': 'Refer-To',
  'rfc3515 007': 'Refer-To',
  // An ellipsis behind the value; a Request-URI without its scheme.
  'rfc3608 001': 'Bad Contact, Contact',
  'rfc3608 002': 'Bad Contact, Contact',
  'rfc3608 003': 'Bad Contact, Contact',
  'rfc3608 004': 'Service-Route',
  'rfc3608 005': 'Service-Route',
  'rfc3608 006': 'Service-Route',
  'rfc3608 007': 'Bad Route, Route',
  'rfc3608 008': 'Bad Route, Route',
  'rfc3608 009': 'Bad Route, Route',
  'rfc3608 010': 'Bad Record-Route, Record-Route',
  // CSeq names another method than the request line.
  'rfc5589 005': 'CSeq method differs',
  'rfc5589 010': 'CSeq method differs',
  'rfc5589 011': 'CSeq method differs',
  'rfc5589 012': 'CSeq method differs',
  // An empty parameter, `;;`.
  'rfc5626 001': 'Bad Contact, Contact',
  // White space within the URI, where the line was broken for the page.
  'rfc7118 003': 'Bad Contact, Contact',
  'rfc7118 005': 'Bad Contact, Contact',
  // White space within the URI, where the line was broken for the page.
  'rfc8599 001': 'Bad Contact, Contact',
  'rfc8599 002': 'Bad Contact, Contact',
  'rfc8599 003': 'Bad Contact, Contact',
};

interface Printed {
  title: string;
  bytes: Buffer;
}

function messagesOf(file: string): Printed[] {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  return [...text.matchAll(/^## (.*)\n\n```sip\n([^]*?)```$/gm)].map((found) => ({
    title: found[1] ?? '',
    bytes: Buffer.from((found[2] ?? '').replace(/\n/g, '\r\n')),
  }));
}

/** What an RFC prints in a header that this library calls malformed. */
function malformedHeaders(bytes: Buffer): string[] {
  const result = parseMessage(bytes);
  if (!result.ok) return [result.ok ? '' : JSON.stringify({ ...result, request: undefined })];
  const { message } = result;
  const wrong = checkMandatoryHeaders(message);
  const names = [...message.lines()].map(([name]) => headerId(name));
  const typed = (Object.keys(TYPED_HEADERS) as TypedHeader[]).filter((name) => names.includes(headerId(name)));
  return [
    ...(wrong === undefined ? [] : [wrong.detail]),
    ...typed.filter((name) => message.readAll(name) === undefined),
  ];
}

describe.each(readdirSync(FOLDER))('%s', (file) => {
  it.each(messagesOf(file))('$title', ({ title, bytes }) => {
    const rfc = file.replace('.md', '');
    expect(malformedHeaders(bytes).join(', ')).toBe(MISPRINTS[`${rfc} ${title.slice(0, 3)}`] ?? '');
    const result = parseMessage(bytes);
    // Without a Content-Length the copy gets one.
    if (result.ok && result.message.has('Content-Length'))
      expect(buildEditedMessage(result.message, {}).equals(bytes)).toBe(true);
  });
});
