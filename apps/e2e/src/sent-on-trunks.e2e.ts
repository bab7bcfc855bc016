import { createSocket, type Socket } from 'node:dgram';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sippFields, sippServer } from './harness/answering-sipp.js';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import type { Portal } from './harness/portal.js';
import {
  acknowledgeRefusal,
  answer,
  callerSends,
  inviteWithChallenge,
  receive,
  scenarioOf,
  type Step,
} from './harness/sipp-steps.js';
import { Sipp } from './harness/sipp.js';

const PROVIDER = '127.0.0.2';
const NEXT = '127.0.0.3';
const OUT = [
  { pattern: '0.', strip: 1, prepend: '+49' },
  { pattern: '112', strip: 0, prepend: '' },
];

let carillon: Carillon;
let admin: Portal;
const running: Sipp[] = [];
const sockets: Socket[] = [];
const trunks: string[] = [];

beforeAll(async () => {
  carillon = await Carillon.start({
    CARILLON_SIP_HOST: '::',
    CARILLON_ADVERTISED_ADDRESS: '127.0.0.1',
    CARILLON_ADVERTISED_ADDRESS_6: '::1',
  });
  admin = await adminOf(carillon);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.end()));
  for (const socket of sockets.splice(0)) socket.close();
  for (const trunkId of trunks.splice(0)) await admin.do('DELETE', `/api/admin/trunks/${trunkId}`);
});
afterAll(() => carillon?.remove());

/** Says that it is there, and takes calls so. */
async function provider(takesCalls: readonly Step[], address = PROVIDER): Promise<Sipp> {
  const scenario = scenarioOf('a provider', [
    receive('OPTIONS', { optional: true, next: 'asked' }),
    ...takesCalls,
    '<nop next="over"/>',
    '<label id="asked"/>',
    answer('200 OK', { first: true }),
    '<label id="over"/>',
  ]);
  const one = await Sipp.start({
    ...{ scenario, address, server: sippServer(carillon), fields: ['provider', 'localhost', ''] },
    ...{ calls: 100, timeoutSeconds: 60 },
  });
  running.push(one);
  return one;
}

/** @param has what its INVITE must match */
const answers = (...has: string[]): Step[] => [
  receive('INVITE', { has }),
  answer('200 OK', { first: true, sdp: 'sendrecv' }),
  receive('ACK'),
  receive('BYE'),
  answer('200 OK'),
];

const sendsOn = (status: string, contact: string): Step[] => [
  receive('INVITE'),
  answer(status, { first: true, contact: `Contact: ${contact}` }),
  receive('ACK'),
];

async function addTrunk(host: string, { port }: { readonly port: number }, priority = 1): Promise<void> {
  const body = { name: `At ${host}`, host, port, priority, outbound: OUT };
  const { trunkId } = await admin.do<{ trunkId: string }>('POST', '/api/admin/trunks', body);
  trunks.push(trunkId);
}

const TALKS = [
  receive(180, { optional: true }),
  receive(183, { optional: true }),
  receive(200, { dialog: true }),
  callerSends('ACK', 2),
  callerSends('BYE', 3),
  receive(200),
];

/** A phone calls, and sees what the steps say. @param uri in place of a number of Carillon's */
const call = (number: string, steps: readonly Step[], uri?: string) => {
  const scenario = scenarioOf('a caller', [...inviteWithChallenge(), ...steps]);
  return Sipp.run({
    scenario: uri === undefined ? scenario : scenario.replaceAll('sip:[field3]@[field1]', uri),
    server: sippServer(carillon),
    fields: [...sippFields(carillon, '1001'), number],
  });
};

describe('a provider that sends a call on', () => {
  it.each(['301 Moved Permanently', '302 Moved Temporarily'])(
    'to another of its servers by %s is followed there',
    async (status) => {
      const server = await provider(answers('^INVITE sip:[+]4930123;npdi;rn=[+]4930777@127.0.0.2:'));
      const ported = `<sip:+4930123;npdi;rn=+4930777@${PROVIDER}:${server.port}>`;
      await addTrunk(PROVIDER, await provider(sendsOn(status, ported)));
      const { code, errors } = await call('030123', TALKS);
      expect(code, errors).toBe(0);
    },
  );

  it('through a proxy of its own (305) is followed by a Route', async () => {
    const server = await provider(answers('^INVITE sip:[+]4930123@127.0.0.2', 'Route: <sip:127.0.0.2:[0-9]+;lr>'));
    await addTrunk(PROVIDER, await provider(sendsOn('305 Use Proxy', `<sip:${PROVIDER}:${server.port}>`)));
    const { code, errors } = await call('030123', TALKS);
    expect(code, errors).toBe(0);
  });

  it('to a number that nobody dialled is not followed: the next trunk has the call', async () => {
    const premium = await provider(answers());
    await addTrunk(PROVIDER, await provider(sendsOn('302 Moved', `<sip:+49900666@${PROVIDER}:${premium.port}>`)));
    await addTrunk(NEXT, await provider(answers('^INVITE sip:[+]4930123@127.0.0.3'), NEXT), 2);
    const { code, errors } = await call('030123', TALKS);
    expect(code, errors).toBe(0);
    expect(premium.soFar).not.toMatch(/^INVITE sip:/m);
  });

  it('to somebody else’s server, and is the only one: the caller hears 480, and why', async () => {
    const other = await provider(answers(), '127.0.0.4');
    await addTrunk(PROVIDER, await provider(sendsOn('302 Moved', `<sip:+4930123@127.0.0.4:${other.port}>`)));
    const heard = [receive(480, { has: ['Reason: SIP ?;cause=302;text="Moved Temporarily"'], hasNot: ['Contact:'] })];
    const { code, errors } = await call('030123', [...heard, acknowledgeRefusal(2)]);
    expect(code, errors).toBe(0);
    expect(other.soFar).not.toMatch(/^INVITE sip:/m);
  });
});

it('a trunk that is silent at one of its addresses is called at the other one', async () => {
  const there = await provider(answers('c=IN IP4 127.0.0.1'), '127.0.0.1');
  const silent = createSocket('udp6');
  sockets.push(silent);
  const heard: string[] = [];
  silent.on('message', (bytes) => void heard.push(bytes.toString()));
  await new Promise<void>((bound) => void silent.bind(there.port, '::1', bound));
  await addTrunk('localhost', there);
  const { code, errors } = await call('030123', TALKS);
  expect(code, errors).toBe(0);
  // It was asked, by an offer of its family.
  expect(heard.find((text) => text.startsWith('INVITE '))).toContain('c=IN IP6 ::1');
});

it.each(['urn:service:sos', 'urn:service:sos.ambulance'])('a call to %s reaches who answers 112', async (service) => {
  await addTrunk(PROVIDER, await provider(answers('^INVITE sip:112@127.0.0.2')));
  const { code, errors } = await call('', TALKS, service);
  expect(code, errors).toBe(0);
});
