import { ManualClock } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { Heartbeats } from './heartbeats.js';

function open(answers: () => Promise<unknown>) {
  const clock = new ManualClock();
  const hung: string[] = [];
  const beats = new Heartbeats({
    clock,
    ask: answers,
    hangs: (process, seconds) => hung.push(`${process}: ${seconds}`),
  });
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { beats, hung, pass };
}

it('finds a process that has not answered for ten beats, once', async () => {
  let answers = true;
  const { beats, hung, pass } = open(() => (answers ? Promise.resolve() : new Promise(() => undefined)));
  beats.ready(1);
  await pass(60);
  expect(hung).toEqual([]);
  expect(beats.tookMs(1)).toBeGreaterThanOrEqual(0);
  answers = false;
  await pass(9);
  expect(hung).toEqual([]);
  await pass(30);
  expect(hung).toEqual(['1: 11']);
});

it('asks again where a question was lost, and forgives what was answered late', async () => {
  let asked = 0;
  const { beats, hung, pass } = open(() => {
    asked += 1;
    return asked % 5 === 0 ? Promise.resolve() : Promise.reject(new Error('BUS.TIMEOUT'));
  });
  beats.ready(0);
  await pass(60);
  expect(asked).toBeGreaterThan(50);
  expect(hung).toEqual([]);
});

it('gives a process a minute to start, and forgets one that has ended', async () => {
  const { beats, hung, pass } = open(() => new Promise(() => undefined));
  beats.started(0);
  beats.started(1);
  await pass(59);
  beats.gone(1);
  expect(hung).toEqual([]);
  await pass(5);
  expect(hung).toEqual(['0: 61']);
});
