import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Mailbox } from './harness/mailbox.js';
import { Phones } from './harness/phones.js';
import { SmallDisk } from './harness/small-disk.js';
import { sleep, until } from './harness/wait.js';

/** Enough for a new database and the free space that Carillon asks for. */
const DISK_MEBIBYTES = 700;

const disk = SmallDisk.mount(DISK_MEBIBYTES);
if (disk === undefined) console.warn('SKIPPED: what a full disk does. This system does not let us mount a tmpfs.');

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  if (disk !== undefined) carillon = await Carillon.start({}, disk.path);
});
afterEach(async () => {
  disk?.free();
  await phones.stopAll();
});
afterAll(async () => {
  disk?.free();
  await carillon?.remove();
  disk?.unmount();
});

interface Health {
  readonly status: number;
  readonly text: string;
}

async function health(): Promise<Health> {
  const response = await fetch(`${carillon.httpUrl}/health`);
  return { status: response.status, text: await response.text() };
}

describe.skipIf(disk === undefined)('a full disk', () => {
  it('turns health red and says so; phones still talk; it recovers when there is space again', async () => {
    await until('a green health check', async () => (await health()).status === 200);
    const mailbox = await Mailbox.openEmpty(carillon, '1003');
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    disk?.fill();
    const red = await until('a red health check', async () => {
      const answer = await health();
      return answer.status === 503 ? answer : undefined;
    });
    expect(red.text).toMatch(/disk/i);
    expect(carillon.output).toMatch(/The disk is nearly full \(\d+ MiB free\)/);

    for (const number of [1, 2]) {
      alice.dial('1002');
      await bob.seen('CALL_ESTABLISHED', { count: number });
      await Promise.all([alice.hears(700), bob.hears(440)]);
      alice.hangUp();
      await bob.seen('CALL_CLOSED', { count: number });
    }
    // No message can be kept now: the caller is told so instead of speaking to nobody.
    alice.dial('1003');
    await alice.seen('CALL_ESTABLISHED', { count: 3 });
    await alice.seen('CALL_CLOSED', { count: 3 });

    disk?.free();
    let last = '';
    await until('a green health check', async () => {
      const { status, text } = await health();
      last = text;
      return status === 200;
    }).catch((error: unknown) => {
      throw new Error(`Health stays red: ${last}\n${carillon.output.slice(-4000)}`, { cause: error });
    });
    expect(carillon.output).toMatch(/The disk has space again/);
    alice.dial('1003');
    await alice.seen('CALL_ESTABLISHED', { count: 4 });
    await alice.hearsBeep();
    await sleep(3000);
    alice.hangUp();
    await mailbox.newest();
    await callOf(carillon, '1001', ({ outcome }) => outcome === 'voicemail');
  });
});
