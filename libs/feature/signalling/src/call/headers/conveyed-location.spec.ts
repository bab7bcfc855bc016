import { buildMultipart, buildRequest, parseMessage, type SipMessage } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { conveyedPlaces, tellOfPlace } from './conveyed-location.js';

const place = (id: string, { type = 'application/pidf+xml', body = `<presence id="${id}"/>` } = {}) => ({
  headers: [
    ['Content-Type', type],
    ['Content-ID', `<${id}>`],
  ] as const,
  body,
});

function invite(geolocation: string, parts: readonly ReturnType<typeof place>[], contentType?: string): SipMessage {
  const multipart = buildMultipart({ subtype: 'mixed', boundary: 'b', parts });
  const parsed = parseMessage(
    buildRequest({
      method: 'INVITE',
      uri: 'sip:112@example.org',
      headers: [
        ['Geolocation', geolocation],
        ['Content-Type', contentType ?? multipart.contentType],
      ],
      body: multipart.body,
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return parsed.message;
}

const idsOf = (message: SipMessage): (string | undefined)[] =>
  conveyedPlaces(message).map(({ headers }) => headers.find(([name]) => name === 'Content-ID')?.[1]);

describe('places that go along', () => {
  it('are those that Geolocation names, in any way of writing it', () => {
    const parts = [place('a@x'), place('b+c@x'), place('other@x')];
    expect(idsOf(invite('<cid:a@x>;p=1, <https://lis.example/1>, <CID:b%2Bc@x>', parts))).toEqual(['<a@x>', '<b+c@x>']);
    expect(idsOf(invite('<https://lis.example/1>', parts))).toEqual([]);
  });

  it('are places and nothing else, once each, few and not large', () => {
    const sdp = place('sdp@x', { type: 'application/sdp' });
    const large = place('large@x', { body: 'x'.repeat(16_385) });
    expect(idsOf(invite('<cid:sdp@x>, <cid:large@x>, <cid:a@x>, <cid:a@x>', [sdp, large, place('a@x')]))).toEqual([
      '<a@x>',
    ]);
    const many = Array.from({ length: 8 }, (_, index) => place(`${index}@x`));
    expect(idsOf(invite(many.map((_, index) => `<cid:${index}@x>`).join(', '), many))).toHaveLength(4);
  });

  it('are none where there is no such part, or the body is no multipart that can be read', () => {
    expect(idsOf(invite('<cid:%E0%A4%A@x>, <cid:nowhere@x>', [place('a@x')]))).toEqual([]);
    expect(idsOf(invite('<cid:a@x>', [place('a@x')], 'application/sdp'))).toEqual([]);
    expect(idsOf(invite('<cid:a@x>', [place('a@x')], 'multipart/mixed'))).toEqual([]);
  });
});

describe('headers that go without the places', () => {
  const routed = { 'Geolocation-Routing': 'yes', Subject: 'Help' };
  const named = { Geolocation: ['<cid:a@x>, <https://lis.example/a,b>;p="cid:"', '<CID:b@x>'], ...routed };

  it('name none of them, and still what can be fetched', () => {
    const told = { Geolocation: ['<https://lis.example/a,b>;p="cid:"'], ...routed };
    expect(tellOfPlace(named, 'by-reference')).toEqual(told);
    expect(tellOfPlace({ Geolocation: '<cid:a@x>', ...routed }, 'by-reference')).toEqual(routed);
  });

  it('or nothing at all; with them they stay as they came', () => {
    expect(tellOfPlace(named, 'nothing')).toEqual(routed);
    expect(tellOfPlace(named, 'all')).toEqual(named);
  });
});
