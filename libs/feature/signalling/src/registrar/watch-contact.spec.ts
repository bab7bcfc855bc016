import { ManualClock } from '@carillon/service-runtime';
import type { Flow } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import { watchContact } from './watch-contact.js';

/** A phone whose connection the test closes, and which listens or not. */
function watched({ open = true } = {}) {
  const clock = new ManualClock();
  const phone = { listens: true, looks: 0, deaths: 0 };
  let close: () => void = () => undefined;
  const flow = {
    open,
    onClosed: (callback: () => void) => {
      close = callback;
      return () => (close = () => undefined);
    },
  } as unknown as Flow;
  const listens = (): Promise<boolean> => {
    phone.looks += 1;
    return Promise.resolve(phone.listens);
  };
  const stop = watchContact({ clock, listens, onDead: () => (phone.deaths += 1), random: () => 0 }, flow);
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1000);
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { phone, pass, stop, close: () => close() };
}

it('leaves a phone alone while its connection is there', async () => {
  const { phone, pass } = watched();
  await pass(600);
  expect(phone).toMatchObject({ looks: 0, deaths: 0 });
});

it('knows within seconds that a phone is gone, once', async () => {
  const { phone, pass, close } = watched();
  phone.listens = false;
  close();
  await pass(5);
  expect(phone.deaths).toBe(0);
  await pass(5);
  expect(phone.deaths).toBe(1);
  await pass(600);
  expect(phone.deaths).toBe(1);
});

it('keeps a phone that takes connections, and looks again now and then', async () => {
  const { phone, pass, close } = watched();
  close();
  await pass(300);
  expect(phone.deaths).toBe(0);
  expect(phone.looks).toBeGreaterThan(5);
  phone.listens = false;
  await pass(40);
  expect(phone.deaths).toBe(1);
});

it('forgives a phone that is away for a moment, and looks at once where there is no connection any more', async () => {
  const { phone, pass } = watched({ open: false });
  phone.listens = false;
  await pass(3);
  phone.listens = true;
  await pass(60);
  expect(phone.deaths).toBe(0);
});

it('stops when it is told to', async () => {
  const { phone, pass, close, stop } = watched();
  phone.listens = false;
  close();
  await pass(2);
  stop();
  await pass(60);
  expect(phone.deaths).toBe(0);
});
