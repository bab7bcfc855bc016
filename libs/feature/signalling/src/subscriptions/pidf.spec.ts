import { readFileSync } from 'node:fs';
import { UserId, newId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { composePresence } from './compose-presence.js';
import { buildPidf, readPidf } from './pidf.js';

const vector = (name: string): string => readFileSync(new URL(`../../vectors/xml/${name}`, import.meta.url), 'utf8');

describe('a presence document (RFC 3863)', () => {
  it('is read with any prefix, and without its extensions', () => {
    expect(readPidf(vector('rfc3863-06-presence.xml'))).toEqual({
      entity: 'pres:someone@example.com',
      tuples: [
        { id: 'ck38g9', open: true, contact: 'tel:+09012345678', note: undefined, since: undefined },
        { id: 'md66je', open: true, contact: 'im:someone@mobilecarrier.net', note: undefined, since: undefined },
      ],
      activities: [],
      note: undefined,
    });
  });

  it('is read as it is written', () => {
    const document = {
      entity: 'sip:1001@one.test',
      tuples: [{ id: 't1', open: false, contact: 'sip:1001@one.test', note: 'R&D <3', since: '2026-01-01T00:00:00Z' }],
      activities: ['on-the-phone', 'meeting'],
      note: 'Back soon',
    };
    expect(readPidf(buildPidf(document))).toEqual(document);
  });

  it.each([['<presence/>'], ['not xml'], ['<presence xmlns="urn:ietf:params:xml:ns:pidf"/>'], ['']])(
    '%j is none',
    (text) => {
      expect(readPidf(text)).toBeUndefined();
    },
  );

  it('takes no more than a phone has to say', () => {
    const many = Array.from({ length: 50 }, (_, at) => `<tuple id="t${at}"><note>${'x'.repeat(500)}</note></tuple>`);
    const read = readPidf(`<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@b">${many.join('')}</presence>`);
    expect(read?.tuples).toHaveLength(8);
    expect(read?.tuples[0]?.note).toHaveLength(200);
  });
});

describe('presence of a user', () => {
  const presence = { userId: newId(UserId), state: 'in-a-call', since: '2026-01-01T00:00:00Z' } as const;
  const phone = { entity: 'sip:x@y', tuples: [], activities: ['meeting'], note: 'Room 3' };
  const tuple = { id: 'same', open: false, contact: undefined, note: undefined, since: undefined };

  it('is what the product knows, with what the phones say', () => {
    const composed = composePresence('sip:1001@one.test', presence, [
      { ...phone, tuples: [tuple] },
      { ...phone, tuples: [tuple], note: 'Other' },
    ]);
    expect(composed.tuples.map(({ id, open }) => [id, open])).toEqual([
      ['carillon', true],
      ['phone1', false],
      ['phone2', false],
    ]);
    expect(composed.activities).toEqual(['on-the-phone', 'meeting']);
    expect(composed.note).toBe('Room 3');
  });

  it('is closed when nobody is there, and unsaid when nothing is known', () => {
    expect(composePresence('sip:a@b', { ...presence, state: 'offline' }, []).tuples[0]?.open).toBe(false);
    expect(composePresence('sip:a@b', undefined, []).tuples[0]?.open).toBeUndefined();
    expect(buildPidf(composePresence('sip:a@b', undefined, []))).toContain('<status/>');
  });
});
