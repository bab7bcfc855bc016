import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { silentLogger } from './create-logger.js';
import { guardProcess } from './guard-process.js';
import { Shutdown } from './shutdown.js';

function guarded() {
  const exits: number[] = [];
  const target = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  const shutdown = new Shutdown(silentLogger());
  const closed: string[] = [];
  shutdown.register('part', (reason) => void closed.push(reason));
  guardProcess({ logger: silentLogger(), shutdown }, target);
  return { target, shutdown, exits, closed };
}

it('goes on after a promise that failed unheard', () => {
  const { target, shutdown, exits } = guarded();
  target.emit('unhandledRejection', new Error('unheard'));
  expect([shutdown.started, exits]).toEqual([false, []]);
});

it('closes everything in good order, once, after what nobody caught', async () => {
  const { target, shutdown, exits, closed } = guarded();
  target.emit('uncaughtException', new Error('thrown'));
  target.emit('uncaughtException', new Error('again'));
  await shutdown.run('the test waits');
  await Promise.resolve();
  expect(closed).toEqual(['a failure that nobody caught']);
  expect(exits[0]).toBe(1);
});
