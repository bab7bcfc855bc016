import type { Baresip } from './baresip.js';

/** 1001, who speaks 440 Hz, and 1002, who speaks 700 Hz, call each other by turns, and each hears the other each time. */
export async function callEachOther(alice: Baresip, bob: Baresip): Promise<void> {
  for (const [caller, callee, number] of [
    [alice, bob, '1002'],
    [bob, alice, '1001'],
  ] as const) {
    const before = callee.count('CALL_ESTABLISHED');
    const [closedThere, closedHere] = [callee.count('CALL_CLOSED'), caller.count('CALL_CLOSED')];
    caller.dial(number);
    await callee.seen('CALL_ESTABLISHED', { count: before + 1 });
    await Promise.all([alice.hears(700), bob.hears(440)]);
    caller.hangUp();
    await caller.seen('CALL_CLOSED', { count: closedHere + 1 });
    // Else it would call while it still has this one.
    await callee.seen('CALL_CLOSED', { count: closedThere + 1 });
  }
}
