import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Parameters, parseParameters } from '../values/parameters.js';
import { buildNameAddress, parseNameAddress } from '../values/name-address.js';
import { buildUri, parseUri } from '../values/uri.js';
import { splitValues } from '../values/split-values.js';
import { buildRequest, buildResponse } from './build-message.js';
import { checkMandatoryHeaders } from './check-mandatory-headers.js';
import { parseMessage } from './parse-message.js';

const TOKEN = "abcXYZ019-.!%*_+`'~";
const token = fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 12 });
const words = fc.string({ unit: 'grapheme', maxLength: 30 });
/** What a header line can carry: no line breaks, no white space at its ends. */
const value = words
  .map((text) => text.replace(/[\r\n\u0000-\u001f]/g, ' ').trim())
  .filter((text) => text.trim() === text);
const host = fc.constantFrom('example.com', '192.0.2.1', '2001:db8::1', 'a-b.c');
const parameters = fc
  .uniqueArray(fc.tuple(token, fc.oneof(fc.constant(''), words)), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 4,
  })
  .map((list) => list.reduce((all, [name, text]) => all.with(name, text.replace(/[\r\n]/g, ' ')), Parameters.none));

describe('parse → build → parse', () => {
  it('keeps messages whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(token, value), { maxLength: 12 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        token,
        (lines, body, method) => {
          const headers = lines.filter(([name]) => !/^(content-length|l)$/i.test(name));
          const result = parseMessage(buildRequest({ method, uri: 'sip:x@y', headers, body }));
          if (!result.ok || result.message.kind !== 'request') throw new Error(JSON.stringify(result));
          expect(result.message.method).toBe(method);
          expect([...result.message.lines()].slice(0, -1)).toEqual(headers);
          expect(result.message.bodyText).toBe(body);
          const again = buildRequest({
            method,
            uri: 'sip:x@y',
            headers: [...result.message.lines()].slice(0, -1),
            body,
          });
          expect(again.equals(result.message.bytes)).toBe(true);
        },
      ),
    );
  });

  it('keeps responses whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 699 }), value, (status, reason) => {
        const result = parseMessage(buildResponse({ status, reason, headers: [] }));
        if (!result.ok || result.message.kind !== 'response') throw new Error(JSON.stringify(result));
        expect([result.message.status, result.message.reason]).toEqual([status, reason]);
      }),
    );
  });

  it('keeps URIs', () => {
    const user = fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }), { nil: undefined });
    const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(user, host, port, (name, at, to) => {
        const uri = {
          scheme: 'sip' as const,
          user: name,
          password: undefined,
          host: at,
          port: to,
          parameters: Parameters.none,
          headers: undefined,
        };
        expect(parseUri(buildUri(uri))).toEqual(uri);
      }),
    );
  });

  it('keeps addresses with their parameters', () => {
    fc.assert(
      fc.property(words, parameters, (name, list) => {
        const displayName = name.replace(/[\r\n]+/g, ' ');
        const parsed = parseNameAddress(buildNameAddress({ displayName, uri: 'sip:a@b', parameters: list }));
        expect(parsed?.displayName).toBe(displayName);
        expect([...(parsed?.parameters.entries() ?? [])]).toEqual([...list.entries()]);
      }),
    );
  });
});

describe('whatever comes', () => {
  const bytes = fc.uint8Array({ maxLength: 400 });

  it('is answered by a value', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom('datagram' as const, 'stream' as const), (input, framing) => {
        const result = parseMessage(input, { framing });
        if (result.ok) checkMandatoryHeaders(result.message);
      }),
    );
  });

  it('may stand in every header', () => {
    const names = ['Via', 'From', 'To', 'Contact', 'CSeq', 'Route', 'Max-Forwards', 'Event', 'Reason', 'Expires'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 60 }), (name, text) => {
        const input = Buffer.from(`INVITE sip:a SIP/2.0\r\n${name}: ${text}\r\n\r\n`);
        const result = parseMessage(input);
        if (!result.ok) return;
        checkMandatoryHeaders(result.message);
        const { message } = result;
        void [message.topVia, message.from, message.to, message.contacts, message.cseq, message.event, message.reasons];
        splitValues(text);
        parseParameters(text)?.get('tag');
      }),
    );
  });
});
