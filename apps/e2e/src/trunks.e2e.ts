import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sippFields, sippServer, startAnsweringSipp } from './harness/answering-sipp.js';
import { adminOf, callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { freePorts } from './harness/ports.js';
import type { Portal } from './harness/portal.js';
import { Sipp } from './harness/sipp.js';
import { measureTone } from './harness/tones.js';
import { sleep, until } from './harness/wait.js';

const PROVIDER = '127.0.0.2';
const SECOND = '127.0.0.3';

let carillon: Carillon;
let admin: Portal;
const phones = new Phones(() => carillon);
const running: Sipp[] = [];
const trunks: string[] = [];

beforeAll(async () => {
  carillon = await Carillon.start();
  admin = await adminOf(carillon);
});
afterEach(async () => {
  await phones.stopAll();
  for (const one of running.splice(0)) one.stop();
  for (const trunkId of trunks.splice(0)) await admin.do('DELETE', `/api/admin/trunks/${trunkId}`);
});
afterAll(() => carillon?.remove());

/** A provider that answers as its scenario says, until the test is over. */
async function provider(scenario: string, address = PROVIDER): Promise<Sipp> {
  const one = await Sipp.start({ scenario, server: sippServer(carillon), fields: ['x'], address, calls: 100 });
  running.push(one);
  return one;
}

async function addTrunk(body: object): Promise<void> {
  const { trunkId } = await admin.do<{ trunkId: string }>('POST', '/api/admin/trunks', body);
  trunks.push(trunkId);
}

interface ListedTrunk {
  readonly name: string;
  readonly state: { readonly reachable: string; readonly calls: number } | null;
}

const reachable = (name: string) =>
  until(`the trunk ${name}`, async () => {
    const list = await admin.do<ListedTrunk[]>('GET', '/api/admin/trunks');
    return list.find((one) => one.name === name)?.state?.reachable === 'yes' || undefined;
  });

const out = {
  outbound: [{ pattern: '0.', strip: 1, prepend: '+49' }],
  inbound: [{ number: '+4930100', extension: '1001' }],
  callerIdentity: 'user',
};

/** A phone calls the number through the trunks. */
const call = (number: string) =>
  Sipp.run({
    scenario: 'call.xml',
    server: sippServer(carillon),
    fields: [...sippFields(carillon, '1001'), number],
  });

describe('a trunk', () => {
  it('takes a call out, with the password that the provider asks for', async () => {
    const line = await provider('provider-answer.xml');
    await addTrunk({ ...out, name: 'Line', host: PROVIDER, port: line.port, username: 'acme', password: 'secret' });
    await reachable('Line');
    expect(await call('030123')).toMatchObject({ code: 0 });
    const record = await callOf(
      carillon,
      '1001',
      ({ to, outcome }) => to.kind === 'external' && outcome === 'answered',
    );
    expect(record.to.number).toBe('030123');
  });

  it('without lines left gives the call to the next one', async () => {
    const busy = await provider('provider-busy.xml');
    const good = await provider('provider-answer.xml', SECOND);
    await addTrunk({ ...out, name: 'Busy', host: PROVIDER, port: busy.port, priority: 1 });
    const access = { username: 'acme', password: 'secret' };
    await addTrunk({ ...out, ...access, name: 'Good', host: SECOND, port: good.port, priority: 2 });
    await reachable('Good');
    expect(await call('030123')).toMatchObject({ code: 0 });
  });

  it('that speaks before it fails leaves the caller with a ringing tone, not in silence', async () => {
    const early = await provider('provider-early-fail.xml');
    const answer = readFileSync(join(import.meta.dirname, 'scenarios/provider-answer.xml'), 'utf8');
    // Rings for five seconds before it answers.
    const [ring = '', ...rest] = answer.split('<send retrans="500">');
    const rings = [`${ring}<pause milliseconds="5000"/>\n  <send retrans="500">`, ...rest].join('');
    const good = await provider(rings, SECOND);
    await addTrunk({ ...out, name: 'Early', host: PROVIDER, port: early.port, priority: 1 });
    const access = { username: 'acme', password: 'secret' };
    await addTrunk({ ...out, ...access, name: 'Good', host: SECOND, port: good.port, priority: 2 });
    await reachable('Good');
    const caller = await phones.start('1001', { tone: 700 });
    caller.dial('030123');
    await caller.seen('CALL_ESTABLISHED');
    const heard = caller.heard();
    caller.hangUp();
    await caller.seen('CALL_CLOSED');
    // SIPp sends back what it hears for three seconds; then one second of tone in five (ITU-T E.180).
    expect(measureTone(heard, 700).seconds).toBeGreaterThan(2);
    expect(measureTone(heard, 425).seconds).toBeGreaterThan(0.8);
  });

  it('brings calls in: to a phone, to the menu, and not from anywhere else', async () => {
    const from = await freePorts(2);
    await addTrunk({
      name: 'Inbound',
      host: PROVIDER,
      port: from,
      inbound: [
        { number: '+4930200', extension: '1002' },
        { number: '+4930300', extension: carillon.demo.ivr },
      ],
    });
    await startAnsweringSipp(carillon, '1002', 'answer.xml').then((one) => running.push(one));
    const bring = (number: string) =>
      Sipp.run({
        scenario: 'provider-call.xml',
        server: sippServer(carillon),
        fields: [number],
        address: PROVIDER,
      });
    expect(await bring('+4930200')).toMatchObject({ code: 0 });
    const record = await callOf(
      carillon,
      '1002',
      ({ from, outcome }) => from.number === '+44201' && outcome === 'answered',
    );
    expect(record.to.number).toBe('1002');
    expect(await bring('+4930300')).toMatchObject({ code: 0 });
    const elsewhere = { scenario: 'provider-refused.xml', server: sippServer(carillon), fields: ['+4930200'] };
    expect(await Sipp.run({ ...elsewhere, address: '127.0.0.9' })).toMatchObject({ code: 0 });
  });

  it('carries sound both ways, out and in: the provider sends back what it hears', async () => {
    const line = await provider('provider-answer.xml');
    const from = await freePorts(2);
    const inbound = [{ number: '+4930200', extension: '1002' }];
    await addTrunk({ ...out, name: 'Line', host: PROVIDER, port: line.port, username: 'acme', password: 'secret' });
    await addTrunk({ name: 'Inbound', host: SECOND, port: from, inbound });
    await reachable('Line');
    const caller = await phones.start('1001', { tone: 440 });
    caller.dial('030123');
    await caller.seen('CALL_ESTABLISHED');
    await caller.hears(440);
    caller.hangUp();
    await caller.seen('CALL_CLOSED');
    const called = await phones.start('1002', { tone: 700 });
    const bring = readFileSync(join(import.meta.dirname, 'scenarios/provider-call.xml'), 'utf8');
    const call = { server: sippServer(carillon), fields: ['+4930200'], address: SECOND };
    const brought = await Sipp.run({ ...call, scenario: bring.replace('milliseconds="1500"', 'milliseconds="3500"') });
    expect(brought.code, brought.errors).toBe(0);
    await called.seen('CALL_CLOSED');
    await sleep(300);
    expect(measureTone(called.heard(), 700).seconds).toBeGreaterThan(2);
  });
});
