import type { Socket } from 'node:dgram';
import { afterEach, expect, it } from 'vitest';
import { askingPeer } from '../testing/asking-peer.js';
import { until, useSignalling } from '../testing/signalling-bench.js';

const PORT = 24_020;
const bench = useSignalling(PORT);
const sockets: Socket[] = [];
const SCANNER = 'sipsak 0.9.8';

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await bench.database.database.asSystem('test', async (tx) => {
    await tx.sipBan.deleteMany();
    await tx.sipSafeNetwork.deleteMany();
  });
});

const peer = () => askingPeer({ port: PORT, domain: bench.organisation.domain }, sockets);

async function vouchFor(...networks: string[]): Promise<void> {
  const by = { addedByUserId: crypto.randomUUID(), addedByName: 'Ada', addedIn: bench.organisation.organisationId };
  await bench.database.database.asSystem('test', async (tx) => {
    await tx.sipSafeNetwork.deleteMany();
    await tx.sipSafeNetwork.createMany({
      data: networks.map((network) => ({ network, note: 'Monitoring', addedAt: new Date(), ...by })),
    });
  });
  bench.bus.publish('border.safe-networks-changed', {});
}

async function border() {
  const described = await bench.bus.call('border.describe', { organisationId: bench.organisation.organisationId });
  if (!described.ok) throw new Error('The border says nothing');
  return described.state;
}

it('who was banned is let in at once, may go on as before, after a restart as well, and is banned when vouched for no more', async () => {
  const monitor = await peer();
  await monitor.ask(SCANNER);
  expect(await monitor.ask(SCANNER)).toBe(false);
  expect((await border()).bans).toMatchObject([{ source: monitor.source, reason: 'scanner' }]);

  await vouchFor('198.51.100.0/24', '127.0.0.0/30');
  await until('the lift', async () => (await border()).bans.length === 0);
  expect((await border()).lifted).toMatchObject([{ source: monitor.source, liftedBy: 'Ada' }]);
  for (let asked = 0; asked < 5; asked += 1) expect(await monitor.ask(SCANNER)).toBe(true);

  await bench.running.close();
  bench.running = await bench.start();
  expect(await monitor.ask(SCANNER)).toBe(true);
  expect(await monitor.ask(SCANNER)).toBe(true);

  await vouchFor('198.51.100.0/24');
  await until('the ban', async () => !(await monitor.ask(SCANNER)));
  expect((await border()).bans).toMatchObject([{ source: monitor.source, reason: 'scanner' }]);
});

it('wrong passwords from there count for their account, and not for all others behind the address', async () => {
  await vouchFor('127.0.0.1');
  const guesser = await bench.phone('1001', { register: false });
  const wrong = () => guesser.register({ password: 'guess' });
  for (let tries = 0; tries < 31; tries += 1) expect((await wrong()).status).toBe(403);
  expect((await border()).bans).toEqual([]);
  // The right one comes too late for this account, whoever has it; the phone beside it registers.
  expect((await guesser.register()).status).toBe(403);
  expect((await (await bench.phone('1002', { register: false })).register()).status).toBe(200);
});
