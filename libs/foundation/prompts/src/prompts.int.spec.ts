import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Clock,
  ManualClock,
  Health,
  Settings,
  Shutdown,
  SystemClock,
  loadSettings,
  silentLogger,
} from '@carillon/service-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RETRY_MS } from './limits.js';
import { Prompts } from './prompts.js';
import { parseWav } from './wav.js';

let dataDir: string;
let health: Health;
let shutdown: Shutdown;

function open(clock: Clock = new SystemClock()): Prompts {
  const settings: Settings = loadSettings({ CARILLON_DATA_DIR: dataDir });
  return new Prompts(settings, clock, silentLogger(), health, shutdown);
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-prompts-'));
  health = new Health(silentLogger());
  shutdown = new Shutdown(silentLogger());
});
afterEach(async () => {
  await shutdown.run('the test is over');
  await rm(dataDir, { recursive: true, force: true });
});

async function listen(path: string): Promise<{ seconds: number; peak: number; activeRmsDb: number; edges: number }> {
  const speech = parseWav(await readFile(path));
  expect(speech?.sampleRate).toBe(16_000);
  const samples = speech?.samples ?? new Int16Array();
  const frames = Array.from({ length: Math.floor(samples.length / 160) }, (_, index) =>
    Math.sqrt(samples.slice(index * 160, index * 160 + 160).reduce((sum, s) => sum + (s / 32_768) ** 2, 0) / 160),
  );
  const active = frames.filter((level) => level > Math.max(...frames) / 100);
  const first = frames.findIndex((level) => level > Math.max(...frames) / 100);
  return {
    seconds: samples.length / 16_000,
    peak: samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 32_768,
    activeRmsDb: 10 * Math.log10(active.reduce((sum, level) => sum + level ** 2, 0) / active.length),
    edges: first * 0.01,
  };
}

describe('Prompts', () => {
  it('speaks a sentence at the right length and level', async () => {
    const path = await open().text('You have 2 new messages.');
    expect(path.startsWith(join(dataDir, 'prompts'))).toBe(true);
    const heard = await listen(path);
    expect(heard.seconds).toBeGreaterThan(1);
    expect(heard.seconds).toBeLessThan(2.5);
    expect(heard.activeRmsDb).toBeGreaterThan(-18);
    expect(heard.activeRmsDb).toBeLessThan(-15);
    expect(heard.peak).toBeLessThan(0.96);
    expect(heard.edges).toBeLessThan(0.05);
  });

  it('speaks the same text once, also when many ask at the same time, and finds it after a restart', async () => {
    const prompts = open();
    const paths = await Promise.all(Array.from({ length: 20 }, () => prompts.text('Goodbye.')));
    expect(new Set(paths).size).toBe(1);
    const made = await stat(paths[0]!);
    expect(await prompts.text(' Goodbye. ')).toBe(paths[0]);
    await prompts.close();
    expect(await readdir(join(dataDir, 'prompts'))).toHaveLength(1);
    expect(await open().text('Goodbye.')).toBe(paths[0]);
    expect((await stat(paths[0]!)).mtimeMs).toBe(made.mtimeMs);
  });

  it('prepares sentences in the background', async () => {
    const prompts = open();
    prompts.warm(['One.', 'Мария', 'Two.']);
    await prompts.warmed();
    const files = (await readdir(join(dataDir, 'prompts'))).filter((name) => name.endsWith('.wav'));
    expect(files).toHaveLength(2);
  });

  it('refuses what it cannot speak, and too much at once', async () => {
    const prompts = open();
    await expect(prompts.text('x'.repeat(2001))).rejects.toMatchObject({ code: 'PROMPTS.TEXT_TOO_LONG' });
    await expect(prompts.text('你好')).rejects.toMatchObject({ code: 'PROMPTS.NOTHING_TO_SAY' });
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, (_, index) => prompts.text(`No ${index}`)));
    const codes = outcomes.flatMap((o) => (o.status === 'rejected' ? [(o.reason as { code: string }).code] : []));
    expect(new Set(codes)).toEqual(new Set(['PROMPTS.BUSY']));
    expect(codes).toHaveLength(80 - 64);
  });

  it('fails clearly where the folder is in the way, turns red, and recovers', async () => {
    await writeFile(join(dataDir, 'prompts'), 'a file where the folder should be');
    const prompts = open();
    await expect(prompts.text('Hello.')).rejects.toMatchObject({ code: 'PROMPTS.FAILED' });
    expect((await health.report()).ok).toBe(false);
    await rm(join(dataDir, 'prompts'));
    await expect(prompts.text('Hello.')).resolves.toContain('.wav');
    expect((await health.report()).ok).toBe(true);
  });

  it('tries again by itself after a failure, so that health turns green when the disk is well', async () => {
    await writeFile(join(dataDir, 'prompts'), 'a file where the folder should be');
    const clock = new ManualClock();
    const prompts = open(clock);
    await expect(prompts.text('Hello.')).rejects.toMatchObject({ code: 'PROMPTS.FAILED' });
    await rm(join(dataDir, 'prompts'));
    expect((await health.report()).ok).toBe(false);
    clock.advance(RETRY_MS);
    await prompts.warmed();
    expect((await health.report()).ok).toBe(true);
  });

  it('reads a very long text', async () => {
    const heard = await listen(await open().text('Please listen to this carefully. '.repeat(60)));
    expect(heard.seconds).toBeGreaterThan(60);
  });

  it('leaves nothing behind but finished files', async () => {
    const prompts = open();
    const waiting = prompts.text('This one is cut short by the end of the program, as it happens.');
    const [outcome] = await Promise.all([
      waiting.catch((error: unknown) => error),
      new Promise((done) => setTimeout(done, 30)).then(() => prompts.close()),
    ]);
    expect(outcome).toMatchObject({ code: 'PROMPTS.CLOSED' });
    expect(await readdir(join(dataDir, 'prompts'))).toEqual([]);
  });
});
