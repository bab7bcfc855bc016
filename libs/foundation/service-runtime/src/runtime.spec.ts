import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger, silentLogger } from './create-logger.js';
import { DiskSpace } from './disk-space.js';
import { formatLogLine } from './format-log-line.js';
import { Health } from './health.js';
import type { Logger } from './logger.js';
import { Shutdown } from './shutdown.js';

function record(): { logger: Logger; text: () => string } {
  let text = '';
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { logger: createLogger('info', out), text: () => text };
}

describe('the log', () => {
  it('redacts secrets, at the top and one level down', () => {
    const { logger, text } = record();
    logger.info({ password: 'hidden', device: { sipPassword: 'hidden', name: 'shown' }, token: 'hidden' }, 'A line');
    expect(text()).toContain('shown');
    expect(text()).not.toContain('hidden');
  });

  it('is plain for people, with the stack below', () => {
    const line = JSON.stringify({
      level: 50,
      time: 0,
      msg: 'Broke',
      part: 'bus',
      note: 'two words',
      error: { stack: 'Error: x\n  at y' },
    });
    expect(formatLogLine(line)).toMatch(
      /^\d\d:\d\d:\d\d .*ERROR.* Broke part=bus note="two words"\nError: x\n {2}at y\n$/,
    );
    expect(formatLogLine('not ours')).toBe('not ours');
  });
});

describe('health', () => {
  it('is red as long as one part is, whatever way that part fails, and says so once', async () => {
    const { logger, text } = record();
    const health = new Health(logger);
    expect(await health.report()).toEqual({ ok: true, parts: {} });
    let broken = true;
    health.register('disk', () => ({ ok: true, detail: 'roomy' }));
    health.register('worker', () => {
      if (broken) throw new Error('it died');
      return { ok: true };
    });
    const red = { ok: false, parts: { disk: { ok: true, detail: 'roomy' }, worker: { ok: false, detail: 'it died' } } };
    expect(await health.report()).toEqual(red);
    expect(await health.report()).toEqual(red);
    broken = false;
    expect((await health.report()).ok).toBe(true);
    expect(text().match(/worker is red/g)).toHaveLength(1);
    expect(text().match(/worker is green again/g)).toHaveLength(1);
  });

  it('does not wait for a part that hangs', async () => {
    const health = new Health(silentLogger());
    health.register('stuck', () => new Promise(() => undefined));
    expect(await health.report()).toMatchObject({
      ok: false,
      parts: { stuck: { ok: false, detail: 'no answer within 3 s' } },
    });
  });
});

describe('shutdown', () => {
  it('closes the last built first, once, past those that fail or hang', async () => {
    const { logger, text } = record();
    const shutdown = new Shutdown(logger);
    const closed: string[] = [];
    const close = (name: string) => (reason: string) => void closed.push(`${name} ${reason}`);
    shutdown.register('database', close('database'));
    shutdown.register('broken', () => {
      throw new Error('no');
    });
    shutdown.register('stuck', () => new Promise(() => undefined), 10);
    const forget = shutdown.register('gone', close('gone'));
    shutdown.register('calls', close('calls'));
    forget();
    await Promise.all([shutdown.run('SIGINT'), shutdown.run('again')]);
    expect(closed).toEqual(['calls SIGINT', 'database SIGINT']);
    expect(text()).toContain('stuck did not close in time');
    expect(text()).toContain('broken failed to close');
  });
});

describe('disk space', () => {
  it('turns red when little is left and recovers, with one line each', async () => {
    const { logger, text } = record();
    let free = 1_000;
    const disk = new DiskSpace(logger, () => Promise.resolve(free), 100);
    expect((await disk.check()).ok).toBe(true);
    free = 10;
    expect((await disk.check()).ok).toBe(false);
    expect((await disk.check()).ok).toBe(false);
    expect(disk.isLow).toBe(true);
    free = 1_000;
    expect((await disk.check()).ok).toBe(true);
    expect(text().trim().split('\n')).toHaveLength(2);
  });
});
