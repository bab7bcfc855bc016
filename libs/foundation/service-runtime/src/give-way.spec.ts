import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { behindUs, giveWay } from './give-way.js';

describe('a process that gives way', () => {
  let child: ChildProcess | undefined;

  afterEach(() => child?.kill('SIGKILL'));

  const start = (): number => {
    child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)'], { detached: true, stdio: 'ignore' });
    return child.pid ?? 0;
  };

  it('is nicer than we are', () => {
    const pid = start();
    expect(giveWay(pid)).toBeUndefined();
    expect(getPriority(pid)).toBe(behindUs());
    expect(getPriority()).toBeLessThan(behindUs());
  });

  it.runIf(existsSync('/proc/self/autogroup'))('gives way with its whole session', () => {
    const pid = start();
    expect(giveWay(pid)).toBeUndefined();
    expect(readFileSync(`/proc/${pid}/autogroup`, 'utf8')).toMatch(/ nice 5$/m);
    expect(readFileSync('/proc/self/autogroup', 'utf8')).not.toMatch(/ nice 5$/m);
  });

  it('says why not', () => {
    expect(giveWay(2 ** 22 + 1)).toMatchObject({ code: 'ERR_SYSTEM_ERROR' });
  });
});
