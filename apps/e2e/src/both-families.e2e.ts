import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BrowserPhone } from './harness/browser-phone.js';
import { adminOf } from './harness/call-history.js';
import { callEachOther } from './harness/call-each-other.js';
import { Carillon } from './harness/carillon.js';
import { PagePhone } from './harness/page-phone.js';
import { Phones } from './harness/phones.js';
import { answer, receive, scenarioOf, type Step } from './harness/sipp-steps.js';
import { tellOfFailures } from './harness/sip-trace.js';
import { Sipp } from './harness/sipp.js';
import { until } from './harness/wait.js';

const PROFILES = '/api/admin/device-profiles';
let carillon: Carillon;
const phones = new Phones(() => carillon);
const providers: Sipp[] = [];

beforeAll(async () => {
  carillon = await Carillon.start({
    CARILLON_SIP_HOST: '::',
    CARILLON_ADVERTISED_ADDRESS: '127.0.0.1',
    CARILLON_ADVERTISED_ADDRESS_6: '::1',
  });
});
afterEach(async () => {
  await phones.stopAll();
  await Promise.all(providers.splice(0).map((provider) => provider.end()));
});
afterAll(() => carillon?.remove());
tellOfFailures(() => carillon);

describe('a machine that listens on IPv6 and IPv4', () => {
  it.each([
    ['::1', '127.0.0.1', 'udp'],
    ['::1', '::1', 'tcp'],
    ['127.0.0.1', '127.0.0.1', 'udp'],
  ] as const)('has phones at %s and %s over %s hear each other, whoever calls', async (one, other, transport) => {
    const alice = await phones.start('1001', { tone: 440, serverHost: one, transport });
    const bob = await phones.start('1002', { tone: 700, serverHost: other, transport });
    await callEachOther(alice, bob);
  });

  it('has phones with DTLS-SRTP of both families hear each other, whoever calls', async () => {
    const admin = await adminOf(carillon);
    const { builtIn } = await admin.do<{ builtIn: { quirks: object }[] }>('GET', PROFILES);
    const quirks = { ...builtIn[0]?.quirks, mediaEncryption: 'dtls' };
    await admin.do('PUT', PROFILES, { profiles: [{ name: 'DTLS phones', userAgent: 'baresip', quirks }] });
    try {
      const dtls = { mediaEncryption: 'dtls_srtp' } as const;
      const alice = await phones.start('1001', { tone: 440, serverHost: '::1', ...dtls });
      const bob = await phones.start('1002', { tone: 700, serverHost: '127.0.0.1', ...dtls });
      await callEachOther(alice, bob);
      expect(alice.log).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF? /m);
    } finally {
      await admin.do('PUT', PROFILES, { profiles: [] });
    }
  });

  it.each([
    ['of IPv6 alone', true],
    ['of both', false],
  ])('has a browser %s hear desk phones of both, and be heard', async (_, isSixAlone) => {
    const anna = await BrowserPhone.start(carillon, { tone: 440 });
    try {
      if (isSixAlone) await anna.useIpv6Alone();
      expect(await anna.register(PagePhone.accountOf(carillon, '1001'))).toBe('registered');
      const bob = await phones.start('1002', { tone: 700, serverHost: '::1' });
      const carol = await phones.start('1003', { tone: 900, serverHost: '127.0.0.1' });
      await anna.call('1002');
      await anna.talks();
      await Promise.all([anna.hears(700), bob.hears(440)]);
      if (isSixAlone) expect(await anna.remoteAddress()).toContain(':');
      await anna.hangUp();
      await bob.seen('CALL_CLOSED');
      carol.dial('1001');
      await anna.talks(2);
      await Promise.all([anna.hears(900), carol.hears(440)]);
      await anna.hangUp();
      await carol.seen('CALL_CLOSED');
    } finally {
      await anna.stop();
    }
  });

  it.each([
    ['at ::1', ['::1'], 'IN IP6 ::1'],
    ['at 127.0.0.1', ['127.0.0.1'], 'IN IP4 127.0.0.1'],
    ['at 127.0.0.1, and is too busy at ::1', ['127.0.0.1', '::1'], 'IN IP4 127.0.0.1'],
  ])('has a trunk that its name leads to %s hear, by an offer of that family', async (_, hosts, connection) => {
    const [answers = '', busy] = hosts;
    const provider = await providerAt(answers, [
      receive('INVITE', { has: [`c=${connection}`, `o=.*${connection}`] }),
      answer('200 OK', { first: true, sdp: 'sendrecv' }),
      receive('ACK'),
      receive('BYE'),
      answer('200 OK'),
    ]);
    let refusing: Sipp | undefined;
    if (busy !== undefined) {
      const refuses = [
        receive('INVITE', { has: ['c=IN IP6 ::1'] }),
        answer('503 Service Unavailable', { first: true }),
        receive('ACK'),
      ];
      refusing = await providerAt(busy, refuses, provider.port);
    }
    const admin = await adminOf(carillon);
    const { trunkId } = await admin.do<{ trunkId: string }>('POST', '/api/admin/trunks', {
      ...{ name: `At ${hosts.join()}`, host: 'localhost', port: provider.port },
      outbound: [{ pattern: '0.', strip: 1, prepend: '+49' }],
    });
    try {
      const alice = await phones.start('1001', { tone: 440 });
      alice.dial('030123');
      await alice.seen('CALL_ESTABLISHED');
      if (refusing !== undefined)
        await until('the busy one to have been asked', () => /^SIP\/2\.0 503 /m.test(refusing?.soFar ?? ''));
      // It sends back what it hears.
      await alice.hears(440);
      alice.hangUp();
      await until('the provider to be left', () => /^BYE sip:/m.test(provider.soFar));
    } finally {
      await admin.do('DELETE', `/api/admin/trunks/${trunkId}`);
    }
  });
});

/** A provider that says that it is there, and takes calls so. */
async function providerAt(address: string, takesCalls: readonly Step[], port?: number): Promise<Sipp> {
  const scenario = scenarioOf('a provider', [
    receive('OPTIONS', { optional: true, next: 'asked' }),
    ...takesCalls,
    '<nop next="over"/>',
    '<label id="asked"/>',
    answer('200 OK', { first: true }),
    '<label id="over"/>',
  ]);
  const host = address.includes(':') ? `[${address}]` : address;
  const provider = await Sipp.start({
    ...{ scenario, address, server: `${host}:${carillon.sipPort}`, fields: ['provider', 'localhost', ''] },
    ...{ calls: 100, timeoutSeconds: 60, ...(port === undefined ? {} : { port }) },
  });
  providers.push(provider);
  return provider;
}
