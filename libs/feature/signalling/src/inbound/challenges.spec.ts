import type { DigestPolicy } from '@carillon/contracts';
import { buildRequest, parseMessage, type DigestAlgorithm, type SipRequest } from '@carillon/sip-message';
import { DeviceId, newId, OrganisationId } from '@carillon/domain';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { DigestAuthenticator } from '@carillon/sip-stack';
import { describe, expect, it, vi } from 'vitest';
import { Challenges } from './challenges.js';
import { GivenUpChallenges } from './given-up-challenges.js';
import type { Owner } from './learnt-phone.js';

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
  readonly protocol?: 'udp' | 'tcp' | 'ws';
  readonly address?: string;
  readonly port?: number;
  readonly policy?: DigestPolicy;
  readonly stale?: boolean;
}

interface Answer {
  readonly algorithm?: DigestAlgorithm;
  readonly isRight?: boolean;
  readonly port?: number;
  readonly owner?: Owner;
}

function server(told: string[] = [], forgotten: string[] = []) {
  const clock = new ManualClock();
  const givenUp = new GivenUpChallenges(clock, (what, phone) => (what === 'gave-up' ? told : forgotten).push(phone));
  const logger = silentLogger();
  const info = vi.spyOn(logger, 'info');
  const challenges = new Challenges(new DigestAuthenticator(), givenUp, logger);
  /** The algorithms that a request is challenged with. */
  const offers = (
    request: SipRequest,
    { protocol = 'udp', address = '192.0.2.7', port = 5060, policy = 'by-phone', stale = false }: From = {},
  ): string[] => {
    const lines = challenges.challenge({ request, source: { protocol, address, port } }, 'r', {
      stale,
      profiles: [],
      policy,
    });
    return lines.map((line) => /algorithm=([^,]+)/.exec(line)?.[1] ?? 'none');
  };
  const answered = (
    request: SipRequest,
    { algorithm = 'MD5', isRight = true, port = 5060, owner }: Answer = {},
    protocol: 'udp' | 'tcp' = 'udp',
  ): void =>
    challenges.answered(
      { request, source: { protocol, address: '192.0.2.7', port } },
      { isFirstUse: true, algorithm },
      owner ?? isRight,
    );
  let tries = 0;
  /** Requests without credentials, half a minute apart: what each was asked by. */
  const tryTimes = (times: number, userAgent = 'Old 1.0', from: From = {}): string[][] =>
    Array.from({ length: times }, () => {
      clock.advance(30_000);
      tries += 1;
      return offers(asking(userAgent, { branch: `try${tries}` }), from);
    });
  return { clock, givenUp, offers, answered, tryTimes, info };
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

const ONE = ['MD5'];

describe('a phone that gives up where it is asked by two algorithms', () => {
  it.each(['REGISTER', 'INVITE', 'SUBSCRIBE'])('is asked by MD5 alone when its %s comes again and again', (method) => {
    const { clock, offers } = server();
    for (const branch of ['1', '2']) {
      expect(offers(asking('Old 1.0', { method, branch }))).toEqual(BOTH);
      clock.advance(30_000);
    }
    expect(offers(asking('Old 1.0', { method, branch: '3' }))).toEqual(ONE);
    // Whatever else it asks for now, and when its nonce is too old.
    expect(offers(asking('Old 1.0', { method: 'MESSAGE', branch: '4' }))).toEqual(ONE);
    expect(offers(asking('Old 1.0', { branch: '5' }), { stale: true })).toEqual(ONE);
  });

  it('is told at once over a connection, where nobody writes the address of somebody else', () => {
    const { tryTimes } = server();
    expect(tryTimes(1, 'Old 1.0', { protocol: 'tcp', port: 40_000 })).toEqual([BOTH]);
    // It dials anew for each try.
    expect(tryTimes(1, 'Old 1.0', { protocol: 'tcp', port: 40_001 })).toEqual([ONE]);
  });

  it('is not one that repeats its request, or asks for several things as it starts', () => {
    const { clock, offers } = server();
    offers(asking('New 1.0'));
    for (let branch = 2; branch < 6; branch++) {
      clock.advance(1_000);
      expect(offers(asking('New 1.0', { method: 'SUBSCRIBE', branch: String(branch) }))).toEqual(BOTH);
    }
    for (let times = 0; times < 5; times++) {
      clock.advance(16_000);
      expect(offers(asking('New 1.0'))).toEqual(BOTH);
    }
  });

  it.each([true, false])('is not one that answers, though it begins anew each time (right: %s)', (isRight) => {
    const { clock, offers, answered } = server();
    for (let branch = 0; branch < 5; branch++) {
      expect(offers(asking('New 1.0', { branch: String(branch) }))).toEqual(BOTH);
      answered(asking('New 1.0', { branch: `${branch}a` }), { isRight });
      clock.advance(60_000);
    }
  });

  it('nor one that brings credentials of another kind', () => {
    const { clock, offers } = server();
    const headers: [string, string][] = [['Authorization', 'Digest username="1001", realm="elsewhere"']];
    for (let branch = 0; branch < 5; branch++) {
      expect(offers(asking('New 1.0', { branch: String(branch), headers }))).toEqual(BOTH);
      clock.advance(30_000);
    }
  });

  it('is one user, at one address, over UDP at one port, with one User-Agent', () => {
    const { clock, offers, tryTimes } = server();
    tryTimes(2);
    clock.advance(30_000);
    expect(offers(asking('Old 1.1', { branch: '3' }))).toEqual(BOTH);
    expect(offers(asking('Old 1.0', { branch: '4', user: '1002' }))).toEqual(BOTH);
    expect(offers(asking('Old 1.0', { branch: '5' }), { address: '192.0.2.8' })).toEqual(BOTH);
    expect(offers(asking('Old 1.0', { branch: '6' }), { port: 5062 })).toEqual(BOTH);
    expect(offers(asking('Old 1.0', { branch: '7' }))).toEqual(ONE);
  });

  it('is asked by SHA-256 all the same where the organisation wants nothing else', () => {
    const { tryTimes } = server();
    for (const offer of tryTimes(4, 'Old 1.0', { policy: 'sha256-only' })) expect(offer).toEqual(['SHA-256']);
  });

  it('is known for a week after it last answered, and what nobody answered is forgotten after two hours', () => {
    const { clock, answered, tryTimes } = server();
    tryTimes(2);
    clock.advance(3 * 3600_000);
    expect(tryTimes(3)).toEqual([BOTH, BOTH, ONE]);
    for (let day = 0; day < 20; day += 5) {
      answered(asking('Old 1.0'));
      clock.advance(5 * 24 * 3600_000);
      expect(tryTimes(1)).toEqual([ONE]);
    }
    clock.advance(8 * 24 * 3600_000);
    expect(tryTimes(1)).toEqual([BOTH]);
  });

  it('is known to the other processes as well, and no crowd fills the memory', () => {
    const told: string[] = [];
    const { tryTimes, offers } = server(told);
    tryTimes(3);
    const other = server();
    for (const phone of told) other.givenUp.learn(phone);
    expect(other.offers(asking('Old 1.0', { branch: '3' }))).toEqual(ONE);
    expect(told).toHaveLength(1);
    const long = { user: 'y'.repeat(5000) };
    for (const branch of ['a', 'b', 'c', 'd']) {
      tryTimes(1, 'Another 1.0');
      offers(asking('x'.repeat(5000), { ...long, branch }));
    }
    expect(told[2]?.length).toBeLessThan(300);
  });
});

describe('requests that somebody sends in the name of a phone', () => {
  it.each(['MD5', 'SHA-256'] as const)('change nothing for one that has answered by %s before', (algorithm) => {
    const { answered, tryTimes } = server();
    tryTimes(1);
    answered(asking('Old 1.0'), { algorithm });
    for (const offer of tryTimes(10)) expect(offer).toEqual(BOTH);
  });

  it('never lock out a phone without MD5: it is asked by both in turn, and for good once it has answered', () => {
    const { answered, tryTimes } = server();
    tryTimes(3);
    expect(tryTimes(4)).toEqual([BOTH, ONE, BOTH, ONE]);
    expect(tryTimes(1)).toEqual([BOTH]);
    answered(asking('Old 1.0'), { algorithm: 'SHA-256' });
    for (const offer of tryTimes(10)) expect(offer).toEqual(BOTH);
  });

  it('nor one that brings its credentials by SHA-256, though their nonce is too old', () => {
    const { offers, tryTimes } = server();
    tryTimes(3);
    const headers: [string, string][] = [
      ['Authorization', 'Digest username="1001", realm="r", nonce="old", algorithm=SHA-256, response="0"'],
    ];
    expect(offers(asking('Old 1.0', { branch: 'x', headers }), { stale: true })).toEqual(BOTH);
  });

  it('say nothing that a wrong password would make true', () => {
    const { answered, tryTimes } = server();
    tryTimes(3);
    answered(asking('Old 1.0'), { algorithm: 'SHA-256', isRight: false });
    answered(asking('Old 1.0'), { isRight: false });
    // Neither taken for able, nor known for longer.
    expect(tryTimes(4)).toEqual([BOTH, ONE, BOTH, ONE]);
  });

  it('seldom trouble a phone that has shown that it takes MD5 alone', () => {
    const { answered, tryTimes } = server();
    tryTimes(3);
    answered(asking('Old 1.0'));
    expect(tryTimes(6)).toEqual([ONE, ONE, ONE, BOTH, ONE, ONE]);
    answered(asking('Old 1.0'));
    expect(tryTimes(3)).toEqual([ONE, ONE, ONE]);
  });

  it('learnt of elsewhere change nothing here for a phone that has answered', () => {
    const told: string[] = [];
    server(told).tryTimes(3);
    const [able, stranger] = [server(), server()];
    able.tryTimes(1);
    able.answered(asking('Old 1.0'));
    for (const { givenUp } of [able, stranger]) for (const phone of told) givenUp.learn(phone);
    expect(able.tryTimes(1)).toEqual([BOTH]);
    expect(stranger.tryTimes(1)).toEqual([ONE]);
  });

  it('do not fill the log, or what processes tell each other', () => {
    const told: string[] = [];
    const { clock, offers, givenUp, info } = server(told);
    for (let round = 0; round < 3; round++) {
      for (let user = 0; user < 2_000; user++)
        offers(asking('Made up', { user: `made-up-${user}`, branch: String(round) }));
      clock.advance(10_000);
    }
    expect(givenUp.total).toBe(2_000);
    expect(told.length).toBeLessThanOrEqual(100);
    expect(info).not.toHaveBeenCalled();
  });
});

describe('what is shown of phones that are asked by MD5 alone', () => {
  const owner = { organisationId: newId(OrganisationId), deviceId: newId(DeviceId) };

  it('is those that have answered with a password, to their own organisation, until it is forgotten', () => {
    const { clock, givenUp, answered, tryTimes } = server();
    tryTimes(3, 'Made up');
    tryTimes(3);
    const since = new Date(clock.now()).toISOString();
    // Anybody can ask; only a password tells whose phone it is.
    expect(givenUp.list(owner.organisationId)).toEqual([]);
    answered(asking('Old 1.0'), { isRight: false });
    expect(givenUp.list(owner.organisationId)).toEqual([]);
    clock.advance(1_000);
    answered(asking('Old 1.0'), { owner });
    const until = new Date(clock.now() + 7 * 24 * 3600_000).toISOString();
    expect(givenUp.list(owner.organisationId)).toEqual([
      { deviceId: owner.deviceId, address: '192.0.2.7', userAgent: 'Old 1.0', since, until },
    ]);
    expect(givenUp.list(newId(OrganisationId))).toEqual([]);
    clock.advance(8 * 24 * 3600_000);
    expect(givenUp.list(owner.organisationId)).toEqual([]);
  });

  it('can be forgotten by its own organisation, here and in the other processes: it is asked by both again', () => {
    const [told, forgotten]: [string[], string[]] = [[], []];
    const { givenUp, answered, tryTimes } = server(told, forgotten);
    tryTimes(3);
    answered(asking('Old 1.0'), { owner });
    givenUp.forget({ ...owner, organisationId: newId(OrganisationId) });
    givenUp.forget({ ...owner, deviceId: newId(DeviceId) });
    expect([tryTimes(1), forgotten]).toEqual([[ONE], []]);
    givenUp.forget(owner);
    expect(givenUp.list(owner.organisationId)).toEqual([]);
    expect([tryTimes(1), forgotten]).toEqual([[BOTH], told]);

    const other = server();
    for (const phone of told) other.givenUp.learn(phone);
    for (const phone of forgotten) other.givenUp.unlearn(phone);
    expect(other.tryTimes(1)).toEqual([BOTH]);
  });
});
