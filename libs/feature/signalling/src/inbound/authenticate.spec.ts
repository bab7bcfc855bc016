import { DeviceId, newId, UserId } from '@carillon/domain';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { buildRequest, parseMessage, type SipRequest } from '@carillon/sip-message';
import { DigestAuthenticator, hostPort } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../registrar/binding.js';
import type { Directories } from '../routing/directories.js';
import type { Directory } from '../routing/directory.js';
import { Authenticate, type Asked } from './authenticate.js';
import { Challenges } from './challenges.js';
import { FailureLimiter } from './failure-limiter.js';
import { GivenUpChallenges } from './given-up-challenges.js';

const DOMAIN = 'example.org';
const userId = newId(UserId);
const directory = {
  sipDomain: DOMAIN,
  digest: 'by-phone',
  deviceProfiles: [],
  numbers: new Map([
    ['1001', { kind: 'user', userId }],
    ['900', { kind: 'echo' }],
  ]),
  users: new Map([[userId, { userId, disabled: false }]]),
  devices: new Map([['desk', { deviceId: newId(DeviceId), userId, sipUsername: 'desk', disabled: false }]]),
} as unknown as Directory;

/** One that has just started, and has a registration of the only user's from an earlier time. */
function started(source: string): Authenticate {
  const clock = new ManualClock();
  const directories = {
    known: () => undefined,
    ofDomain: (host: string) => Promise.resolve(host === DOMAIN ? directory : undefined),
  } as unknown as Directories;
  const registrar = { ofUser: (id: UserId) => (id === userId ? [{ source } as Binding] : []) };
  const challenges = new Challenges(new DigestAuthenticator(), new GivenUpChallenges(clock), silentLogger());
  const own = { hosts: new Set<string>(), defaultDomain: DOMAIN, registrar };
  return new Authenticate(directories, challenges, new FailureLimiter(clock), clock, own);
}

/** A call of somebody who writes their own address into From. */
function call(user: string, address: string, { uri = `sip:1002@${DOMAIN}`, to = `sip:1002@${DOMAIN}` } = {}): Asked {
  const request = buildRequest({
    ...{ method: 'INVITE', uri },
    headers: [
      ['Via', 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1'],
      ['Max-Forwards', '70'],
      ['From', `<sip:${user}@${hostPort(address, 5060)}>;tag=1`],
      ['To', `<${to}>`],
      ['Call-ID', '1'],
      ['CSeq', '1 INVITE'],
    ],
  });
  const parsed = parseMessage(request);
  const message = parsed.ok && parsed.message.kind === 'request' ? parsed.message : undefined;
  if (message === undefined) throw new Error('Not a request');
  return { request: message satisfies SipRequest, source: { protocol: 'udp', address, port: 5061 } as Asked['source'] };
}

const statusOf = async (answer: ReturnType<Authenticate['check']>): Promise<number> => {
  const outcome = await answer;
  return outcome.ok ? 200 : outcome.status;
};

describe('a call with the address of its phone in From, after a restart', () => {
  it.each(['desk', '1001'])(
    'is asked for a password where %s is registered from, by us as a proxy as well',
    async (user) => {
      const authenticate = started('192.0.2.7:5060');
      expect(await statusOf(authenticate.check(call(user, '192.0.2.7')))).toBe(401);
      expect(await statusOf(authenticate.checkForProxy(call(user, '192.0.2.7')))).toBe(407);
    },
  );

  it.each([
    ['for help by its name', { uri: 'urn:service:sos', to: 'urn:service:sos' }],
    ['for help of somebody it found itself', { uri: 'sip:psap@e.example', to: 'urn:service:sos' }],
    ['of a telephone number', { uri: 'tel:+4930123', to: 'tel:+4930123' }],
  ])('%s is asked for a password as well: neither names a domain', async (_what, asked) => {
    const authenticate = started('192.0.2.7:5060');
    expect(await statusOf(authenticate.check(call('desk', '192.0.2.7', asked)))).toBe(401);
    expect(await statusOf(authenticate.check(call('desk', '192.0.2.8', asked)))).toBe(404);
  });

  it('to another domain is not', async () => {
    const elsewhere = { uri: 'sip:psap@e.example', to: 'sip:psap@e.example' };
    expect(await statusOf(started('192.0.2.7:5060').check(call('desk', '192.0.2.7', elsewhere)))).toBe(404);
  });

  it('is known by its network with IPv6, as guesses are counted', async () => {
    const authenticate = started('[2001:db8::7]:5060');
    expect(await statusOf(authenticate.check(call('desk', '2001:db8::8')))).toBe(401);
    expect(await statusOf(authenticate.check(call('desk', '2001:db8:0:1::7')))).toBe(404);
  });

  it.each([
    ['from elsewhere', 'desk', '192.0.2.8'],
    ['of a user that does not exist', 'nobody', '192.0.2.7'],
    ['of a number that is no user', '900', '192.0.2.7'],
  ])('is a stranger’s %s', async (_, user, address) => {
    const authenticate = started('192.0.2.7:5060');
    expect(await statusOf(authenticate.check(call(user, address)))).toBe(404);
    expect(await statusOf(authenticate.checkForProxy(call(user, address)))).toBe(404);
  });
});
