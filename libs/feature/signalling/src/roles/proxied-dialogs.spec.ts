import { ManualClock } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../registrar/binding.js';
import { testBinding, testDevice } from '../testing/binding.js';
import { ProxiedDialogs, type ProxiedDialog } from './proxied-dialogs.js';

const MINUTE = 60_000;

const [alice, bob] = [testDevice({ sipUsername: 'alice' }), testDevice({ sipUsername: 'bob' })];
const phoneOf = (device: typeof alice, rest: Partial<Binding> = {}) =>
  testBinding(`<sip:${device.sipUsername}@10.0.0.7>`, { device, ...rest });

function bedOf({ sessionSeconds, instance = null }: { sessionSeconds?: number; instance?: string | null } = {}) {
  const clock = new ManualClock();
  const registered = [phoneOf(alice), phoneOf(bob, { instance })];
  const dialogs = new ProxiedDialogs({
    clock,
    registrar: { ofDevice: (id) => registered.filter(({ device }) => device.deviceId === id) },
  });
  const ends: string[] = [];
  const dialog: ProxiedDialog = {
    ...{ sipCallId: 'c', fromTag: 'a', sessionSeconds, over: (reason) => void ends.push(reason) },
    sides: [
      { name: 'Alice', deviceId: alice.deviceId, binding: registered[0] },
      { name: 'Bob', deviceId: bob.deviceId, binding: registered[1] },
    ],
  };
  dialogs.watch(dialog);
  return { clock, dialogs, ends, registered };
}
const answered = (status: number, sessionSeconds?: number) => ({
  ...{ status, reason: '', response: undefined, target: undefined, cancelled: false },
  ...(sessionSeconds === undefined ? {} : { sessionSeconds }),
});

describe('a call that is only passed on is over', () => {
  it('when a BYE goes by, whoever sends it', () => {
    const { dialogs, ends } = bedOf();
    dialogs.hungUp('another', 'a');
    dialogs.hungUp('c', 'b');
    dialogs.hungUp('c', 'a');
    expect(ends).toEqual(['Hung up by the called party']);
    expect(dialogs.size).toBe(0);
  });

  it('when no refresh comes within the session interval, which each refresh starts anew', () => {
    const { clock, dialogs, ends } = bedOf({ sessionSeconds: 600 });
    clock.advance(9 * MINUTE);
    dialogs.passed('c', 'UPDATE', answered(200, 600));
    clock.advance(9 * MINUTE);
    expect(ends).toEqual([]);
    dialogs.passed('c', 'INFO', answered(200));
    clock.advance(2 * MINUTE);
    expect(ends).toEqual(['The session timer ran out without a refresh']);
  });

  it('when one side says that it knows of none', () => {
    const { dialogs, ends } = bedOf();
    dialogs.passed('c', 'INVITE', answered(488));
    expect(ends).toEqual([]);
    dialogs.passed('c', 'INVITE', answered(481));
    expect(ends).toEqual(['One side does not know of the call any more']);
  });

  it('a minute after a phone has gone, unless it is back by then', () => {
    const { clock, dialogs, ends, registered } = bedOf();
    const [phone] = registered.splice(1, 1);
    if (phone === undefined) throw new Error('No phone');
    dialogs.registered(phone, 'flow-broken');
    clock.advance(MINUTE / 2);
    registered.push(phone);
    dialogs.registered(phone, 'added');
    clock.advance(MINUTE);
    expect(ends).toEqual([]);
    registered.pop();
    dialogs.registered(phone, 'expired');
    clock.advance(MINUTE + 1);
    expect(ends).toEqual(['The phone of Bob is not registered any more']);
  });

  it('when a phone starts anew, by the Call-ID of its REGISTERs where it keeps one', () => {
    const { dialogs, ends } = bedOf();
    dialogs.registered(phoneOf(bob, { callId: 'd' }), 'refreshed');
    dialogs.registered(phoneOf(bob, { callId: 'e' }), 'refreshed');
    expect(ends).toEqual([]);
    dialogs.registered(phoneOf(bob, { callId: 'e' }), 'refreshed');
    dialogs.registered(phoneOf(bob, { callId: 'f' }), 'added');
    expect(ends).toEqual(['The phone of Bob has started anew']);
  });

  it('when a phone with an instance starts anew, also at another port', () => {
    const { dialogs, ends } = bedOf({ instance: 'urn:x:1' });
    const anew = testBinding('<sip:bob@10.0.0.7:6000>', { device: bob, instance: 'urn:x:1', callId: 'd' });
    dialogs.registered({ ...anew, instance: 'urn:x:2' }, 'added');
    expect(ends).toEqual([]);
    dialogs.registered(anew, 'added');
    expect(ends).toEqual(['The phone of Bob has started anew']);
  });

  it('for another process, which goes on watching, by what it hears there', () => {
    const first = bedOf({ sessionSeconds: 600 });
    const copy = first.dialogs.copy('c') ?? expect.fail('No copy');
    const [second, ends] = [bedOf(), [] as string[]];
    second.dialogs.hungUp('c', 'a');
    second.dialogs.resume(copy, (reason) => void ends.push(reason));
    expect(second.dialogs.copy('c')).toEqual(copy);
    second.dialogs.registered(phoneOf(alice), 'refreshed');
    second.dialogs.hungUp('c', 'a');
    expect(ends).toEqual(['Hung up by the caller']);
    expect(second.dialogs.copy('c')).toBeUndefined();
  });

  it('for another process: by its session timer, which ran on, and by phones that are not back', () => {
    const { dialogs } = bedOf({ sessionSeconds: 600 });
    const copy = dialogs.copy('c') ?? expect.fail('No copy');
    const [late, gone] = [bedOf(), bedOf()];
    const ends: string[] = [];
    for (const bed of [late, gone]) bed.dialogs.hungUp('c', 'a');
    late.clock.advance(9 * MINUTE);
    late.dialogs.resume(copy, (reason) => void ends.push(reason));
    late.clock.advance(2 * MINUTE);
    gone.registered.pop();
    gone.dialogs.resume(copy, (reason) => void ends.push(reason));
    gone.clock.advance(MINUTE + 1);
    expect(ends).toEqual([
      'The session timer ran out without a refresh',
      'The phone of Bob is not registered any more',
    ]);
  });

  it('after twelve hours at the latest', () => {
    const { clock, ends } = bedOf();
    clock.advance(12 * 60 * MINUTE);
    expect(ends).toEqual(['No end was seen']);
  });
});
