import { newId, TrunkId } from '@carillon/domain';
import { parseMessage, type SipResponse } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import type { Trunk } from './trunk.js';
import { TrunkRedirects } from './trunk-redirects.js';

const NUMBER = '+4930123';
const ASKED = `sip:${NUMBER}@sip.provider.example`;
/** Where names lead. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'gw2.provider.example': ['192.0.2.2', '2001:db8::2'],
  'mixed.example': ['192.0.2.2', '203.0.113.9'],
};
/** The provider's own, as its trunk knows them. */
const OWN = new Set(['192.0.2.1', '192.0.2.2', '2001:db8::2']);

function answer(status: number, contacts: readonly string[]): SipResponse {
  const lines = [
    `SIP/2.0 ${status} Elsewhere`,
    'Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1',
    'From: <sip:a@example.org>;tag=1',
    `To: <${ASKED}>;tag=2`,
    'Call-ID: 1',
    'CSeq: 1 INVITE',
    ...contacts.map((contact) => `Contact: ${contact}`),
    'Content-Length: 0',
    '',
    '',
  ];
  const parsed = parseMessage(Buffer.from(lines.join('\r\n')));
  if (!parsed.ok || parsed.message.kind !== 'response') throw new Error('Not a response');
  return parsed.message;
}

function redirects(transport: Trunk['transport'] = 'udp', uri = ASKED): TrunkRedirects {
  const trunk = { trunkId: newId(TrunkId), host: 'sip.provider.example', transport } as Trunk;
  const parts = {
    userAgent: {
      addressesOf: (asked: string) =>
        Promise.resolve([...(NAMES[/@?([a-z0-9.-]+)(?:;|$)/.exec(asked)?.[1] ?? ''] ?? [])]),
    },
    trunks: { isServerOf: (_trunk: Trunk, address: string) => OWN.has(address) },
  };
  return new TrunkRedirects(parts, trunk, { uri, number: NUMBER });
}

/** What is asked for a Contact, and why not otherwise. */
async function followed(contact: string, more: { status?: number; transport?: Trunk['transport']; uri?: string } = {}) {
  const ways = redirects(more.transport, more.uri);
  const [left] = await ways.take(answer(more.status ?? 302, [`<${contact}>`]));
  const next = ways.next();
  return next === undefined ? left?.why : (next.route?.[0] ?? next.uri);
}

describe('a Contact of a 302 from a trunk is followed', () => {
  it.each([
    ['another port of its host', `sip:${NUMBER}@sip.provider.example:5070`, undefined],
    ['an address of its own', `sip:${NUMBER}@192.0.2.2`, undefined],
    ['of the other family', `sip:${NUMBER}@[2001:db8::2]:5070`, undefined],
    ['a name that leads to its addresses alone', `sip:${NUMBER}@gw2.provider.example`, undefined],
    ['with how a ported number is routed', `sip:${NUMBER};npdi;rn=+4930777@192.0.2.2;user=phone`, undefined],
    ['the number written otherwise', 'sip:00-4930-123@192.0.2.2', undefined],
    [
      'without its headers',
      `sip:${NUMBER}@192.0.2.2;method=BYE?Route=%3Csip:evil.example%3E`,
      `sip:${NUMBER}@192.0.2.2`,
    ],
  ])('to %s', async (_what, contact, expected) => {
    expect(await followed(contact)).toBe(expected ?? contact);
  });

  it('over TLS where the trunk is, though it does not say so', async () => {
    expect(await followed(`sip:${NUMBER}@192.0.2.2`, { transport: 'tls' })).toBe(
      `sip:${NUMBER}@192.0.2.2;transport=tls`,
    );
  });

  it('by sips: for a call that is', async () => {
    const uri = `sips:${NUMBER}@sip.provider.example`;
    expect(await followed(`sips:${NUMBER}@192.0.2.2`, { transport: 'tls', uri })).toBe(`sips:${NUMBER}@192.0.2.2`);
  });

  it('as a proxy for the same URI after 305', async () => {
    expect(await followed('sip:192.0.2.2:5070', { status: 305 })).toBe('sip:192.0.2.2:5070;lr');
  });
});

describe('a Contact of a 302 from a trunk is not followed', () => {
  const ELSEWHERE = 'it is at no server of the provider';
  const NOT_AS_SECURE = 'it is not as secure as the call, or more so';
  it.each([
    ['to another number, which somebody would pay for', 'sip:+49900666@192.0.2.2', 'it is another number'],
    ['to nobody', 'sip:192.0.2.2', 'it is another number'],
    ['to another server', `sip:${NUMBER}@203.0.113.9`, ELSEWHERE],
    ['to a name that leads to one as well', `sip:${NUMBER}@mixed.example`, ELSEWHERE],
    ['to a name that leads nowhere', `sip:${NUMBER}@nowhere.example`, ELSEWHERE],
    ['past its host', `sip:${NUMBER}@sip.provider.example;maddr=203.0.113.9`, ELSEWHERE],
    ['to a telephone number of no server', `tel:${NUMBER}`, ELSEWHERE],
    ['from sip: to sips:', `sips:${NUMBER}@192.0.2.2`, NOT_AS_SECURE],
    ['to what was asked already', ASKED, 'it was asked before'],
  ])('%s', async (_what, contact, why) => {
    expect(await followed(contact)).toBe(why);
  });

  it('out of TLS', async () => {
    const contact = `sip:${NUMBER}@192.0.2.2;transport=udp`;
    expect(await followed(contact, { transport: 'tls' })).toBe('it is not over TLS');
    const uri = `sips:${NUMBER}@sip.provider.example`;
    expect(await followed(`sip:${NUMBER}@192.0.2.2`, { transport: 'tls', uri })).toBe(NOT_AS_SECURE);
  });

  it('as another service (380)', async () => {
    const why = 'it is another service, which nobody asked for';
    expect(await followed(`sip:${NUMBER}@192.0.2.2`, { status: 380 })).toBe(why);
  });
});

describe('several Contacts', () => {
  it('are asked by their q, each once, those of a later answer first', async () => {
    const ways = redirects();
    const at = (port: number) => `sip:${NUMBER}@192.0.2.2:${port}`;
    await ways.take(answer(302, [`<${at(1)}>;q=0.1`, `<${at(2)}>;q=0.9`]));
    expect(ways.next()?.uri).toBe(at(2));
    expect(await ways.take(answer(302, [`<${at(3)}>`, `<${at(2)}>`]))).toEqual([
      { uri: at(2), why: 'it was asked before' },
    ]);
    expect([ways.next()?.uri, ways.next()?.uri, ways.next()]).toEqual([at(3), at(1), undefined]);
  });

  it('end after the fifth answer', async () => {
    const ways = redirects();
    for (let port = 1; port <= 5; port += 1) {
      expect(await ways.take(answer(302, [`<sip:${NUMBER}@192.0.2.2:${port}>`]))).toEqual([]);
      expect(ways.next()).toBeDefined();
    }
    const [left] = await ways.take(answer(302, [`<sip:${NUMBER}@192.0.2.2:6>`]));
    expect([left?.why, ways.next()]).toEqual(['the call was sent on too often', undefined]);
  });
});
