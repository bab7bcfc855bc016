import type { Socket } from 'node:dgram';
import { UserId } from '@carillon/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { askingPeer } from '../testing/asking-peer.js';
import { useSignalling } from '../testing/signalling-bench.js';
import { BanRecords } from './ban-records.js';
import { MAX_BANS } from './source-book.js';

const PORT = 21_610;
const bench = useSignalling(PORT);
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await bench.database.database.asSystem('test', (tx) => tx.sipBan.deleteMany());
});

const peer = () => askingPeer({ port: PORT, domain: bench.organisation.domain }, sockets);

const describeBorder = async () => {
  const { organisationId } = bench.organisation;
  const described = await bench.bus.call('border.describe', { organisationId });
  if (!described.ok) throw new Error('The border says nothing');
  return described.state;
};
const ada = { userId: UserId.parse('00000000-0000-7000-8000-000000000001'), displayName: 'Ada Admin' };
const lift = (source: string) =>
  bench.bus.call('border.lift-ban', { organisationId: bench.organisation.organisationId, source, by: ada });

async function restart(): Promise<void> {
  await bench.running.close();
  bench.running = await bench.start();
}

describe('a ban', () => {
  it('is there again after a restart, before the first packet is looked at, with its reason', async () => {
    const scanner = await peer();
    const phone = await peer();
    await scanner.ask('friendly-scanner');
    const [before] = (await describeBorder()).bans;
    expect(before).toMatchObject({ source: scanner.source, reason: 'scanner', times: 1 });
    await restart();
    expect(await scanner.ask('Polite phone')).toBe(false);
    expect(await phone.ask('Polite phone')).toBe(true);
    const [after] = (await describeBorder()).bans;
    expect(after).toMatchObject({ source: scanner.source, since: before?.since, until: before?.until });
    expect(after?.dropped).toBeGreaterThan(0);
  });

  it('that was lifted stays lifted after a restart, and says by whom', async () => {
    const scanner = await peer();
    await scanner.ask('friendly-scanner');
    await describeBorder();
    expect(await lift(scanner.source)).toEqual({ ok: true });
    expect(await lift(scanner.source)).toEqual({ ok: false, code: 'BORDER.NOT_BANNED' });
    await restart();
    expect(await scanner.ask('Polite phone')).toBe(true);
    const { bans, lifted } = await describeBorder();
    expect(bans).toEqual([]);
    expect(lifted).toMatchObject([{ source: scanner.source, reason: 'scanner', liftedBy: 'Ada Admin' }]);
  });

  it('is seen by no other organisation once it is lifted', async () => {
    const scanner = await peer();
    await scanner.ask('friendly-scanner');
    await lift(scanner.source);
    const organisationId = '00000000-0000-7000-8000-0000000000aa' as typeof bench.organisation.organisationId;
    const other = await bench.bus.call('border.describe', { organisationId });
    expect(other.ok && other.state.lifted).toEqual([]);
  });
});

it('bans that are long over are not read back, nor more than are kept in memory', async () => {
  const { database } = bench.database;
  const now = Date.now();
  await database.asSystem(
    'test',
    (tx) => tx.$executeRaw`
      INSERT INTO sip_ban (source, reason, since, until, times)
      SELECT 's' || n, 'scanner', at, at + interval '10 minutes', 1
      FROM generate_series(0, ${MAX_BANS + 19}::int) AS n, LATERAL (SELECT to_timestamp((${now}::float8 + n) / 1000) AS at) AS t
      UNION ALL SELECT 'old', 'scanner', now() - interval '3 days', now() - interval '3 days', 1`,
  );
  const bans = await new BanRecords(database).load(now);
  expect([bans.length, bans[0]?.source, bans.at(-1)?.source]).toEqual([MAX_BANS, 's20', `s${MAX_BANS + 19}`]);
  expect(await database.asSystem('test', (tx) => tx.sipBan.count())).toBe(MAX_BANS);
});
