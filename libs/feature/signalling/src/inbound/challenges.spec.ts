import type { DigestPolicy } from '@carillon/contracts';
import { buildRequest, parseMessage } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { Challenges } from './challenges.js';

/** The algorithms offered to a phone of that name. */
function offered(userAgent: string, protocol: 'udp' | 'ws' = 'udp', policy: DigestPolicy = 'by-phone'): string[] {
  const headers = [
    ['Via', 'SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1'],
    ['Max-Forwards', '70'],
    ['From', '<sip:1001@example.org>;tag=1'],
    ['To', '<sip:1001@example.org>'],
    ['Call-ID', '1'],
    ['CSeq', '1 REGISTER'],
    ['User-Agent', userAgent],
  ] as const;
  const parsed = parseMessage(buildRequest({ method: 'REGISTER', uri: 'sip:example.org', headers }));
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error(`Not a request: ${JSON.stringify(parsed)}`);
  const lines = new Challenges().challenge({ request: parsed.message, source: { protocol } }, 'r', {
    stale: false,
    profiles: [],
    policy,
  });
  return lines.map((line) => /algorithm=([^,]+)/.exec(line)?.[1] ?? 'none');
}

describe('Challenges', () => {
  it('puts MD5 first for phones that look at the first challenge only', () => {
    expect(offered('Some phone 1.0')).toEqual(['MD5', 'SHA-256']);
  });

  it('puts SHA-256 first for phones that follow RFC 8760', () => {
    expect(offered('LinphoneDesktop/5.2')).toEqual(['SHA-256', 'MD5']);
  });

  it('offers MD5 alone to an old baresip, and over WebSocket, where JsSIP keeps the last challenge only', () => {
    expect(offered('baresip v1.1.0')).toEqual(['MD5']);
    expect(offered('JsSIP 3.13.8', 'ws')).toEqual(['MD5']);
    expect(offered('My web app', 'ws')).toEqual(['MD5']);
  });

  it('offers no MD5 where the organisation wants none, whatever the phone is', () => {
    for (const phone of ['baresip v1.1.0', 'Some phone 1.0', 'LinphoneDesktop/5.2'])
      expect(offered(phone, 'udp', 'sha256-only')).toEqual(['SHA-256']);
  });
});
