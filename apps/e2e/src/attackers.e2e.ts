import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BorderState } from '@carillon/contracts';
import { adminOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { hasProgram } from './harness/has-program.js';
import { Phones } from './harness/phones.js';
import { Sipp } from './harness/sipp.js';
import { OptionsPeer } from './harness/options-peer.js';
import { measureTone } from './harness/tones.js';
import { until } from './harness/wait.js';

const SECONDS = 12;

/** One of SIPVicious's tools, stopped after some seconds. @returns what it printed */
async function attack(program: string, args: readonly string[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'sipvicious-'));
  const child = spawn(program, args, {
    cwd: home,
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-50_000)));
  const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
  await new Promise((settle) => child.once('exit', settle));
  clearTimeout(timer);
  rmSync(home, { recursive: true, force: true });
  return output;
}

let carillon: Carillon;
const phones = new Phones(() => carillon);
const peers: OptionsPeer[] = [];
const border = async (): Promise<BorderState> => (await adminOf(carillon)).do('GET', '/api/admin/border');

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(async () => {
  await phones.stopAll();
  for (const peer of peers.splice(0)) peer.close();
  await carillon.revive();
});
afterAll(() => carillon?.remove());

describe.skipIf(!(await hasProgram('svcrack')))('SIPVicious', () => {
  it('finds no extension and no password, is banned with a reason, and a call goes on beside it', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');

    const { host, udpPort } = carillon.demo.sip;
    const [right] = carillon.demo.staff;
    const dictionary = join(mkdtempSync(join(tmpdir(), 'words-')), 'words.txt');
    // The right password is in it: only the ban keeps it from being found.
    const words = Array.from({ length: 300 }, (_, index) => `guess-${index}`);
    writeFileSync(dictionary, [...words, right?.sipPassword ?? ''].join('\n'));
    const at = ['-p', String(udpPort)];
    const found = [
      await attack('svwar', ['-m', 'REGISTER', '-e1000-1010', '--force', ...at, host]),
      await attack('svcrack', ['-u', right?.sipUser ?? '', '-d', dictionary, ...at, host]),
    ].join('\n');
    expect(found).not.toContain(right?.sipPassword);
    expect(found).not.toMatch(/\|\s*100[0-9]\s*\|/);

    const { bans } = await until('a ban', async () => {
      const state = await border();
      return state.bans.some(({ dropped }) => dropped > 5) && state;
    });
    expect(bans.every(({ reason, words: why }) => reason === 'scanner' && why !== '')).toBe(true);

    await until('Bob to have heard all the while', () => measureTone(bob.heard(), 440).seconds > 10);
    await bob.hears(440);
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
  });
});

it('a guesser without a name is banned for its wrong passwords, until an administrator lifts it', async () => {
  const { host, udpPort, domain } = carillon.demo.sip;
  const user = carillon.demo.staff[2]?.sipUser ?? '';
  const register = { server: `${host}:${udpPort}`, calls: 40, rate: 5, timeoutSeconds: 12 };
  const wrong = await Sipp.run({
    ...register,
    scenario: 'register-refused.xml',
    fields: [user, domain, `[authentication username=${user} password=wrong]`],
  });
  // Some were refused, the rest met silence.
  expect(wrong.messages).toContain('403');
  expect(wrong.code).not.toBe(0);
  const guesser = await until('the ban', async () =>
    (await border()).bans.find(({ reason }) => reason === 'wrong-credentials'),
  );
  expect(guesser.domain).toBe(domain);
  expect(guesser.dropped).toBeGreaterThan(0);

  const admin = await adminOf(carillon);
  await admin.do('POST', '/api/admin/border/lift', { source: guesser.source });
  expect((await border()).bans.map(({ source }) => source)).not.toContain(guesser.source);
  expect((await admin.send('POST', '/api/admin/border/lift', { source: guesser.source })).status).toBe(404);
  const audit = await admin.do<{ entries: { action: string; target: string }[] }>('GET', '/api/admin/audit');
  expect(audit.entries).toContainEqual(expect.objectContaining({ action: 'ban.lifted', target: guesser.source }));
});

describe('a banned source', () => {
  it('is still banned after kill -9, from the first packet on, and one that was lifted is not', async () => {
    const { host, udpPort, domain } = carillon.demo.sip;
    const [banned, lifted] = [await OptionsPeer.open(), await OptionsPeer.open()];
    peers.push(banned, lifted);
    const at = { host, port: udpPort, domain };
    for (const peer of [banned, lifted]) await peer.ask(at, 'friendly-scanner');
    await until('both bans', async () => {
      const sources = (await border()).bans.map(({ source }) => source);
      return [banned, lifted].every((peer) => sources.includes(peer.source));
    });
    const admin = await adminOf(carillon);
    await admin.do('POST', '/api/admin/border/lift', { source: lifted.source });

    await carillon.end('SIGKILL');
    await carillon.run();
    expect(await banned.ask(at, 'Polite phone')).toBe(false);
    await until('an answer to who was lifted', () => lifted.ask(at, 'Polite phone'));
    const after = await border();
    expect(after.bans.find(({ source }) => source === banned.source)?.reason).toBe('scanner');
    expect(after.lifted).toContainEqual(
      expect.objectContaining({ source: lifted.source, liftedBy: expect.any(String) }),
    );
  });
});
