import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Baresip } from './harness/baresip.js';
import { Carillon } from './harness/carillon.js';
import { hasProgram } from './harness/has-program.js';
import { Linphone } from './harness/linphone.js';
import { Phones } from './harness/phones.js';
import { newCallAt, processStates } from './harness/process-states.js';
import { sleep, until } from './harness/wait.js';

/** Calls that are tried until one is where it is wanted: none is with a chance of 1 in a million. */
const MOST_CALLS = 20;

let carillon: Carillon;
const phones = new Phones(() => carillon);
const linphones: Linphone[] = [];

async function startLinphone(extension: string, tone: number): Promise<Linphone> {
  const { sipUser: user, sipPassword: password } = carillon.staff(extension);
  const { domain, udpPort: serverPort } = carillon.demo.sip;
  const linphone = await Linphone.start({ user, password, domain, serverPort, tone });
  linphones.push(linphone);
  return linphone;
}

/** Connects two phones in a process that `wanted` allows; calls again until they are. @returns the process */
async function connect(
  caller: Baresip,
  callee: Baresip,
  [number, wanted]: readonly [string, (process: number) => boolean],
) {
  for (let tried = 0; tried < MOST_CALLS; tried++) {
    const before = await processStates(carillon);
    caller.dial(number);
    await caller.seen('CALL_ESTABLISHED');
    await callee.seen('CALL_ESTABLISHED');
    const process = await newCallAt(carillon, before);
    if (wanted(process)) return process;
    caller.hangUp();
    await callee.seen('CALL_CLOSED');
    await caller.seen('CALL_CLOSED');
    for (const phone of [caller, callee]) phone.events.length = 0;
  }
  throw new Error('Every call was in the same process');
}

describe.skipIf(!(await hasProgram('linphonec')))('two calls in different processes', () => {
  beforeAll(async () => {
    carillon = await Carillon.start({ CARILLON_SIGNALLING_PROCESSES: '2' });
  });
  afterEach(async () => {
    await Promise.all(linphones.splice(0).map((linphone) => linphone.stop()));
    await phones.stopAll();
  });
  afterAll(() => carillon?.remove());

  it('become one by an attended transfer: those who stay hear each other, and either hangs up', async () => {
    const linphone = await startLinphone('1001', 440);
    const bob = await phones.start('1002', { tone: 700 });
    const carol = await phones.start('1003', { tone: 900 });
    const dave = await phones.start('1004', { tone: 600 });
    // Carol has a call of her own, and Bob one with Linphone in the other process.
    const carols = await connect(carol, dave, ['1004', () => true]);
    let bobs = carols;
    // As Linphone numbers its calls.
    let calls = 0;
    for (let tried = 0; tried < MOST_CALLS && bobs === carols; tried++) {
      calls += 1;
      const before = await processStates(carillon);
      bob.dial('1001');
      await bob.seen('CALL_ESTABLISHED');
      await linphone.inCall(tried + 1);
      bobs = await newCallAt(carillon, before);
      if (bobs !== carols) break;
      bob.hangUp();
      await bob.seen('CALL_CLOSED');
      // It answers by itself only what comes while it has no call.
      await linphone.logs(/to LinphoneCallReleased/, { count: tried + 1 });
      bob.events.length = 0;
    }
    expect(bobs).not.toBe(carols);
    const inCalls = [...linphone.log.matchAll(/to LinphoneCallStreamsRunning/g)].length;
    const before = await processStates(carillon);
    // Her new call is with the one that she has.
    carol.dial('1001');
    await linphone.logs(/to LinphoneCallIncomingReceived/, { count: calls + 1 });
    // It answers its first call alone by itself; the other one goes on hold.
    linphone.command(`answer ${calls + 1}`);
    await carol.seen('CALL_ESTABLISHED', { count: 2 });
    expect(await newCallAt(carillon, before)).toBe(carols);
    await linphone.logs(/to LinphoneCallStreamsRunning/, { count: inCalls + 1 });
    await sleep(1500);
    const ends = [...linphone.log.matchAll(/to LinphoneCallEnd/g)].length;
    linphone.command(`transfer ${calls} --to-call ${calls + 1}`);
    await linphone.logs(/to LinphoneCallEnd/, { count: ends + 2 });
    expect(linphone.log).toMatch(/^Refer-To: .*\?Replaces=/m);
    await carol.hears(700, 1.5);
    await sleep(1000);
    expect([bob.count('CALL_CLOSED'), carol.count('CALL_CLOSED'), dave.count('CALL_CLOSED')]).toEqual([0, 0, 0]);
    bob.hangUp();
    await carol.seen('CALL_CLOSED');
    await until('one call alone', async () => {
      const states = await processStates(carillon);
      return states.reduce((sum, { calls }) => sum + calls, 0) === 1;
    });
    expect(dave.count('CALL_CLOSED')).toBe(0);
  });
});
