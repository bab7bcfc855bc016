import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { MANNERS, SPEAKS_IN_SECOND_CODEC } from './harness/manners.js';
import { OddPhone, type Manner } from './harness/odd-phone.js';

let carillon: Carillon;
const phones: OddPhone[] = [];

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(async () => {
  for (const phone of phones.splice(0)) {
    await phone.register(0);
    phone.unplug();
  }
});
afterAll(() => carillon?.remove());

async function plugIn(extension: string, speaks: number, manner: Manner): Promise<OddPhone> {
  const phone = await OddPhone.plugIn(carillon, extension, speaks, manner);
  phones.push(phone);
  expect(await phone.register()).toBe(200);
  return phone;
}

describe.each(MANNERS)('a phone that writes %s', (_, manner) => {
  it('registers, calls and is called; sound goes both ways, and both ways it ends', async () => {
    const alice = await plugIn('1005', 0x11, manner);
    const bob = await plugIn('1006', 0x22, manner);
    for (const [caller, called, number] of [
      [alice, bob, '1006'],
      [bob, alice, '1005'],
    ] as const) {
      expect(await caller.call(number)).toBe(200);
      await Promise.all([alice.talk.hears(0x22), bob.talk.hears(0x11)]);
      const left = called.isLeft();
      expect(await caller.hangUp()).toBe(200);
      await left;
    }
  });

  it('hangs up a call that it has taken', async () => {
    const alice = await plugIn('1005', 0x11, manner);
    const bob = await plugIn('1006', 0x22, manner);
    expect(await alice.call('1006')).toBe(200);
    await bob.talk.hears(0x11);
    expect(await bob.hangUp()).toBe(200);
    await alice.isLeft();
  });
});

/** What 0x11 of µ-law is in A-law (ITU-T G.711). */
const SPOKEN_IN_A_LAW = 0x3b;

it('a phone that lists two codecs, and speaks in the second, is heard; it hears the first', async () => {
  const alice = await plugIn('1005', 0x11, (message) => message);
  const bob = await plugIn('1006', 0x22, SPEAKS_IN_SECOND_CODEC);
  expect(await alice.call('1006')).toBe(200);
  await Promise.all([alice.talk.hears(0x22), bob.talk.hears(SPOKEN_IN_A_LAW)]);
  const left = bob.isLeft();
  expect(await alice.hangUp()).toBe(200);
  await left;
});
