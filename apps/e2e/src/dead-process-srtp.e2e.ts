import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sippFields, sippServer } from './harness/answering-sipp.js';
import { adminOf, callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import type { Portal } from './harness/portal.js';
import { newCallAt, pidOfProcess, processStates, replacedProcess } from './harness/process-states.js';
import { answer, calleeSends, receive, scenarioOf, type Step } from './harness/sipp-steps.js';
import { Sipp } from './harness/sipp.js';
import { until } from './harness/wait.js';

const [NOBODY, PROVIDER] = ['127.0.0.2', '127.0.0.3'];
const KEY = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const PROTECTED = ['m=audio [0-9]+ RTP/SAVP ', 'a=crypto:'] as const;

/** The same description with SRTP in it. */
const withKeys = (step: Step): Step =>
  step.replace('RTP/AVP 0 101', 'RTP/SAVP 0 101').replace(/^(a=(?:sendrecv|recvonly))$/m, `${KEY}\n$1`);
/** RFC 3261 §17.1.1.3: the ACK of a refusal belongs to the refused transaction. */
const acknowledgeRefusal = (cseq: number): Step => calleeSends('ACK', cseq).replace(/^Via: .*$/m, '[last_Via:]');

/** A provider that takes SRTP, is put on hold, and then asks for the clear. */
const ASKS_FOR_THE_CLEAR = scenarioOf('asks for the clear', [
  '<label id="again"/>',
  receive('OPTIONS', { optional: true, next: 'asked' }),
  receive('INVITE', { dialog: true, keepParties: true, has: PROTECTED }),
  answer('180 Ringing', { first: true }),
  withKeys(answer('200 OK', { first: true, sdp: 'sendrecv' })),
  receive('ACK'),
  receive('INVITE', { has: PROTECTED }),
  withKeys(answer('200 OK', { sdp: 'recvonly', version: 2 })),
  receive('ACK'),
  calleeSends('INVITE', 1, { sdp: 'sendrecv', version: 3 }),
  receive(100, { optional: true }),
  receive(488),
  acknowledgeRefusal(1),
  withKeys(calleeSends('INVITE', 2, { sdp: 'sendrecv', version: 4 })),
  receive(100, { optional: true }),
  receive(200, { has: PROTECTED }),
  calleeSends('ACK', 2),
  receive('BYE'),
  answer('200 OK'),
  '<nop next="over"/>',
  '<label id="asked"/>',
  answer('200 OK', { first: true }),
  '<label id="over"/>',
]);

let carillon: Carillon;
let admin: Portal;
const phones = new Phones(() => carillon);
const running: Sipp[] = [];

beforeAll(async () => {
  carillon = await Carillon.start({ CARILLON_SIGNALLING_PROCESSES: '2' });
  admin = await adminOf(carillon);
});
afterEach(async () => {
  await phones.stopAll();
  for (const one of running.splice(0)) one.stop();
});
afterAll(() => carillon?.remove());

it('a call that belongs on a trunk with SRTP alone stays encrypted in another process, on a trunk that takes the clear as well', async () => {
  const server = sippServer(carillon);
  const fields = sippFields(carillon, '1001');
  const provider = await Sipp.start({
    scenario: ASKS_FOR_THE_CLEAR,
    ...{ server, fields, address: PROVIDER, calls: 100, timeoutSeconds: 120 },
  });
  running.push(provider);
  const line = { outbound: [{ pattern: '0.', strip: 1, prepend: '+49' }], keysInClear: true };
  for (const trunk of [
    { name: 'Secret', host: NOBODY, port: provider.port, mediaEncryption: 'srtp', priority: 1 },
    { name: 'Either', host: PROVIDER, port: provider.port, mediaEncryption: 'srtp-optional', priority: 2 },
  ])
    await admin.do('POST', '/api/admin/trunks', { ...line, ...trunk });
  const alice = await phones.start('1001', { tone: 440 });
  const [before, began] = [await processStates(carillon), Date.now()];
  alice.dial('030123');
  await alice.seen('CALL_ESTABLISHED');
  const number = await newCallAt(carillon, before);
  const pid = pidOfProcess(carillon, number);
  process.kill(pid, 'SIGKILL');
  await replacedProcess(carillon, number, pid);
  alice.hold();
  await until('the provider to have asked for the clear, and been refused', () =>
    provider.soFar.includes('SIP/2.0 488'),
  );
  await until('the provider to have asked for SRTP, and got it', () => /^CSeq: 2 ACK/m.test(provider.soFar));
  alice.hangUp();
  await until('the provider to be left', () => /^BYE sip:/m.test(provider.soFar));
  expect(alice.count('CALL_CLOSED')).toBeLessThanOrEqual(1);
  const { callId } = await callOf(carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
  const ladder = await until('the ladder', async () => {
    const text = (await admin.bytes(`/api/calls/${callId}/ladder.txt`)).toString();
    return text.includes('SIP/2.0 488') && text;
  });
  expect(ladder).toContain('The call goes on in another process of signalling');
  expect(ladder).toMatch(/Warning: 30[25] /);
  const received = provider.soFar.split(/^-{10,}.*$/m).filter((text) => text.includes('message received'));
  expect(received.length).toBeGreaterThan(5);
  expect(received.filter((text) => text.includes('RTP/AVP '))).toEqual([]);
});
