import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdLock } from './hold-lock.mjs';
import { refuseOldNode } from './refuse-old-node.mjs';
import { runCommand } from './run-command.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'carillon system '))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a lock', () => {
  it('lets one work after the other, and goes away', async () => {
    const lock = join(folder, 'deep', 'lock');
    const seen = [];
    const work = (name) => async () => {
      seen.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      seen.push(`${name} out`);
    };
    let waited = 0;
    await Promise.all([holdLock(lock, work('first')), holdLock(lock, work('second'), { onWait: () => (waited += 1) })]);
    expect(seen).toEqual(['first in', 'first out', 'second in', 'second out']);
    expect(waited).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    const lock = join(folder, 'lock');
    await expect(holdLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(holdLock(lock, () => Promise.resolve('yes'))).resolves.toBe('yes');
  });

  it('of a process that died is taken over', async () => {
    const lock = join(folder, 'lock');
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.once('exit', resolve));
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(dead.pid));
    await expect(holdLock(lock, () => Promise.resolve('mine'))).resolves.toBe('mine');
  });
});

describe('a command', () => {
  it('gives its code, what it said, and each line as it comes', async () => {
    /** @type {string[]} */
    const lines = [];
    const script = 'console.log("one"); console.error("two"); process.stdout.write("three"); process.exitCode = 3';
    const { code, output } = await runCommand(process.execPath, ['-e', script], { onLine: (line) => lines.push(line) });
    expect(code).toBe(3);
    expect(output).toContain('one');
    expect(lines.toSorted()).toEqual(['one', 'three', 'two']);
  });

  it('that is not there is code 127', async () => {
    expect((await runCommand('no-such-program-here', [])).code).toBe(127);
  });

  it('is ended when its time is over, with what it started', async () => {
    const script = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' }); setTimeout(() => {}, 60000)`;
    const startedAt = Date.now();
    const { code, timedOut } = await runCommand(process.execPath, ['-e', script], { timeoutMs: 500 });
    expect({ code, timedOut }).toEqual({ code: 124, timedOut: true });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('the Node that runs us', () => {
  it('is refused where it is too old, or of a line without long-term support', () => {
    for (const version of ['14.21.3', '20.18.9', '21.7.3', '22.11.0', '23.11.1'])
      expect(refuseOldNode(version)).toContain(`this is Node ${version}.`);
    for (const version of ['20.19.0', '20.20.2', '22.12.0', '24.0.0', '26.1.0'])
      expect(refuseOldNode(version)).toBeUndefined();
  });

  it('is as package.json says', () => {
    expect(JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')).engines.node).toBe(
      '^20.19.0 || ^22.12.0 || >=24.0.0',
    );
  });
});
