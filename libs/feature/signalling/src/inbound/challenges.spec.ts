import type { DigestPolicy } from '@carillon/contracts';
import { buildRequest, parseMessage, type SipRequest } from '@carillon/sip-message';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { DigestAuthenticator } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { Challenges } from './challenges.js';
import { GivenUpChallenges } from './given-up-challenges.js';

/** A request that a phone sends without credentials, unless `headers` has them. */
function asking(
  userAgent: string,
  { method = 'REGISTER', user = '1001', branch = '1', headers = [] as [string, string][] } = {},
): SipRequest {
  const parsed = parseMessage(
    buildRequest({
      method,
      uri: 'sip:example.org',
      headers: [
        ['Via', `SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK${branch}`],
        ['Max-Forwards', '70'],
        ['From', `<sip:${user}@example.org>;tag=1`],
        ['To', `<sip:${user}@example.org>`],
        ['Call-ID', '1'],
        ['CSeq', `1 ${method}`],
        ['User-Agent', userAgent],
        ...headers,
      ],
    }),
  );
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error(`Not a request: ${JSON.stringify(parsed)}`);
  return parsed.message;
}

interface From {
  readonly protocol?: 'udp' | 'ws';
  readonly address?: string;
  readonly policy?: DigestPolicy;
  readonly stale?: boolean;
}

function server(told: string[] = []) {
  const clock = new ManualClock();
  const givenUp = new GivenUpChallenges(clock, (phone) => told.push(phone));
  const challenges = new Challenges(new DigestAuthenticator(), givenUp, silentLogger());
  /** The algorithms that a request is challenged with. */
  const offers = (
    request: SipRequest,
    { protocol = 'udp', address = '192.0.2.7', policy = 'by-phone', stale = false }: From = {},
  ): string[] => {
    const lines = challenges.challenge({ request, source: { protocol, address } }, 'r', {
      stale,
      profiles: [],
      policy,
    });
    return lines.map((line) => /algorithm=([^,]+)/.exec(line)?.[1] ?? 'none');
  };
  const answered = (request: SipRequest): void =>
    challenges.answered({ request, source: { protocol: 'udp', address: '192.0.2.7' } });
  return { clock, givenUp, offers, answered };
}

/** The algorithms offered to a phone of that name at its first request. */
const offered = (userAgent: string, protocol: 'udp' | 'ws' = 'udp', policy: DigestPolicy = 'by-phone'): string[] =>
  server().offers(asking(userAgent), { protocol, policy });

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

const BOTH = ['MD5', 'SHA-256'];

describe('a phone that gives up where it is asked by two algorithms', () => {
  it.each(['REGISTER', 'INVITE', 'SUBSCRIBE'])('is asked by MD5 alone when its %s comes again', (method) => {
    const { clock, offers } = server();
    expect(offers(asking('Old 1.0', { method }))).toEqual(BOTH);
    clock.advance(30_000);
    expect(offers(asking('Old 1.0', { method, branch: '2' }))).toEqual(['MD5']);
    // Whatever it asks for from now on, and when its nonce is too old.
    expect(offers(asking('Old 1.0', { method: 'MESSAGE', branch: '3' }))).toEqual(['MD5']);
    expect(offers(asking('Old 1.0', { branch: '4' }), { stale: true })).toEqual(['MD5']);
  });

  it('is not one that repeats its request, or asks for several things as it starts', () => {
    const { clock, offers } = server();
    offers(asking('New 1.0'));
    expect(offers(asking('New 1.0', { method: 'SUBSCRIBE', branch: '2' }))).toEqual(BOTH);
    clock.advance(16_000);
    expect(offers(asking('New 1.0'))).toEqual(BOTH);
  });

  it('is not one that answers, though it begins anew each time', () => {
    const { clock, offers, answered } = server();
    for (let branch = 0; branch < 5; branch++) {
      expect(offers(asking('New 1.0', { branch: String(branch) }))).toEqual(BOTH);
      answered(asking('New 1.0', { branch: `${branch}a` }));
      clock.advance(60_000);
    }
  });

  it('nor one that brings credentials of another kind', () => {
    const { clock, offers } = server();
    const headers: [string, string][] = [['Authorization', 'Digest username="1001", realm="elsewhere"']];
    for (let branch = 0; branch < 3; branch++) {
      expect(offers(asking('New 1.0', { branch: String(branch), headers }))).toEqual(BOTH);
      clock.advance(30_000);
    }
  });

  it('is one user, at one address, with one User-Agent', () => {
    const { clock, offers } = server();
    offers(asking('Old 1.0'));
    clock.advance(30_000);
    offers(asking('Old 1.0', { branch: '2' }));
    expect(offers(asking('Old 1.1', { branch: '3' }))).toEqual(BOTH);
    expect(offers(asking('Old 1.0', { branch: '4', user: '1002' }))).toEqual(BOTH);
    expect(offers(asking('Old 1.0', { branch: '5' }), { address: '192.0.2.8' })).toEqual(BOTH);
  });

  it('is asked by SHA-256 all the same where the organisation wants nothing else', () => {
    const { clock, offers } = server();
    for (let branch = 0; branch < 3; branch++) {
      expect(offers(asking('Old 1.0', { branch: String(branch) }), { policy: 'sha256-only' })).toEqual(['SHA-256']);
      clock.advance(30_000);
    }
  });

  it('is forgotten after a week of silence, and what nobody answered after two hours', () => {
    const { clock, offers } = server();
    offers(asking('Old 1.0'));
    clock.advance(3 * 3600_000);
    expect(offers(asking('Old 1.0', { branch: '2' }))).toEqual(BOTH);
    clock.advance(60_000);
    expect(offers(asking('Old 1.0', { branch: '3' }))).toEqual(['MD5']);
    clock.advance(8 * 24 * 3600_000);
    expect(offers(asking('Old 1.0', { branch: '4' }))).toEqual(BOTH);
  });

  it('is known to the other processes as well, and no crowd fills the memory', () => {
    const told: string[] = [];
    const { clock, offers } = server(told);
    offers(asking('Old 1.0'));
    clock.advance(30_000);
    offers(asking('Old 1.0', { branch: '2' }));
    const other = server();
    for (const phone of told) other.givenUp.learn(phone);
    expect(other.offers(asking('Old 1.0', { branch: '3' }))).toEqual(['MD5']);
    expect(told).toHaveLength(1);
    const long = asking('x'.repeat(5000), { user: 'y'.repeat(5000) });
    offers(long);
    clock.advance(30_000);
    offers(asking('x'.repeat(5000), { user: 'y'.repeat(5000), branch: '9' }));
    expect(told[1]?.length).toBeLessThan(300);
  });
});
