import { Clock } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { OverloadGuard } from './overload-guard.js';

/** A clock whose timers come as late as the test says. */
class LateClock extends Clock {
  latenessMs = 0;
  /** What else happens each time. */
  also: () => void = () => undefined;
  private time = 0;
  private due: { at: number; work: () => void } | undefined;

  now(): number {
    return this.time;
  }

  after(delayMs: number, work: () => void): () => void {
    this.due = { at: this.time + delayMs, work };
    return () => (this.due = undefined);
  }

  get waits(): boolean {
    return this.due !== undefined;
  }

  run(milliseconds: number): void {
    const end = this.time + milliseconds;
    while (this.due !== undefined && this.due.at + this.latenessMs <= end) {
      this.time = this.due.at + this.latenessMs;
      const { work } = this.due;
      this.due = undefined;
      work();
      this.also();
    }
    this.time = end;
  }
}

/** @param calls that arrive between two samples */
function guarded({ random = 0.5, settingUp = 0, calls = 2, busy = 0.9, messagesEachTurn = 8 } = {}) {
  const clock = new LateClock();
  const load = { settingUp, messages: 0, messagesEachTurn };
  const guard = new OverloadGuard(clock, {
    settingUp: 100,
    forHelpPerSecond: 3,
    countSettingUp: () => load.settingUp,
    busyShare: () => busy,
    countMessages: () => load.messages,
    afterThisTurn: (work) => {
      load.messages += load.messagesEachTurn;
      work();
    },
    random: () => random,
  });
  clock.also = () => {
    for (let call = 0; call < calls; call += 1) guard.admit({ begun: false });
  };
  // The first call wakes it.
  if (calls > 0) guard.admit({ begun: false });
  return { clock, guard, load };
}

it('lets every call in while the process is on time', () => {
  const { clock, guard } = guarded({ random: 0.999 });
  clock.run(10_000);
  expect(guard.admit({ begun: false })).toEqual({ ok: true });
});

it('forgives one long pause', () => {
  const { clock, guard } = guarded();
  clock.latenessMs = 100;
  clock.run(125);
  clock.latenessMs = 0;
  clock.run(1_000);
  expect(guard.admittedShare).toBe(1);
});

it('forgives a halt of a third of a second in a loop that has much to do after it', () => {
  const { clock, guard } = guarded();
  clock.run(2_000);
  clock.latenessMs = 330;
  clock.run(360);
  clock.latenessMs = 10;
  clock.run(1_000);
  expect(guard.admittedShare).toBe(1);
});

it('sheds within a second or so when everything comes late, and says when to come back', () => {
  const { clock, guard } = guarded();
  clock.latenessMs = 60;
  clock.run(1_200);
  expect(guard.admittedShare).toBeLessThan(0.5);
  const admission = guard.admit({ begun: false });
  expect(admission.ok).toBe(false);
  if (!admission.ok) expect(admission.retryAfterSeconds).toBeGreaterThanOrEqual(2);
});

it('sheds what is too much for a loop that never rests and leaves messages waiting, although its timers are on time', () => {
  const { clock, guard } = guarded({ busy: 1, messagesEachTurn: 32 });
  clock.run(3_000);
  expect(guard.admittedShare).toBeLessThan(0.5);
  expect(guard.admittedShare).toBeGreaterThan(0.02);
});

it('turns nobody away in a loop that never rests, as long as it takes all that comes', () => {
  const { clock, guard } = guarded({ busy: 1, messagesEachTurn: 31 });
  clock.run(10_000);
  expect(guard.admittedShare).toBe(1);
});

it('catches up after a halt without turning anybody away', () => {
  const { clock, guard, load } = guarded({ busy: 1 });
  clock.run(2_000);
  load.messagesEachTurn = 32;
  clock.run(1_400);
  load.messagesEachTurn = 8;
  clock.run(2_000);
  expect(guard.admittedShare).toBe(1);
});

it('turns nobody away for full turns in a loop that rests: the messages cost little', () => {
  const { clock, guard } = guarded({ busy: 0.5, messagesEachTurn: 32 });
  clock.run(10_000);
  expect(guard.admittedShare).toBe(1);
});

it('turns nobody away where it is late although it mostly waits: others have the processor', () => {
  const { clock, guard } = guarded({ busy: 0.5 });
  clock.latenessMs = 60;
  clock.run(10_000);
  expect(guard.admittedShare).toBe(1);
});

it('turns nobody away on a machine that is busy with something else', () => {
  const { clock, guard } = guarded({ calls: 0 });
  clock.latenessMs = 300;
  clock.run(60_000);
  for (let call = 0; call < 5; call += 1) expect(guard.admit({ begun: false })).toEqual({ ok: true });
});

it('never shuts the door wholly, and opens it again by and by', () => {
  const { clock, guard } = guarded({ calls: 10 });
  clock.latenessMs = 200;
  clock.run(60_000);
  expect(guard.admittedShare).toBe(0.02);
  clock.latenessMs = 0;
  clock.run(1_000);
  expect(guard.admittedShare).toBeGreaterThan(0.02);
  expect(guard.admittedShare).toBeLessThan(1);
  clock.run(10_000);
  expect(guard.admittedShare).toBe(1);
});

it('sheds when calls pile up on their way, late or not', () => {
  const { clock, guard, load } = guarded();
  load.settingUp = 101;
  clock.run(1_000);
  expect(guard.admittedShare).toBeLessThan(0.1);
});

it('favours callers that have answered the challenge', () => {
  const { clock, guard } = guarded({ random: 0.5 });
  clock.latenessMs = 60;
  while (guard.admittedShare > 0.4) clock.run(20);
  expect(guard.admit({ begun: false }).ok).toBe(false);
  expect(guard.admit({ begun: true }).ok).toBe(true);
});

it('samples nothing while nobody calls, and all the same sheds when it gets busy again', () => {
  const { clock, guard } = guarded({ calls: 0 });
  expect(clock.waits).toBe(false);
  guard.admit({ begun: false });
  expect(clock.waits).toBe(true);
  clock.run(20_000);
  expect(clock.waits).toBe(false);
  clock.also = () => {
    for (let call = 0; call < 5; call += 1) guard.admit({ begun: false });
  };
  guard.admit({ begun: false });
  clock.latenessMs = 60;
  clock.run(1_500);
  expect(guard.admittedShare).toBeLessThan(0.5);
});

it('lets a few calls for help pass in each second whatever the load, and no flood of them', () => {
  const { clock, guard } = guarded({ calls: 0 });
  const passed = () => Array.from({ length: 5 }, () => guard.admitForHelp());
  expect(passed()).toEqual([true, true, true, false, false]);
  clock.run(1_000);
  expect(passed()).toEqual([true, true, true, false, false]);
});
