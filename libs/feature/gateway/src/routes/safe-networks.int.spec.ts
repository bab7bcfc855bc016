import { MAX_SAFE_NETWORKS, type AuditEntry, type SafeNetwork } from '@carillon/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, type TestClient, type TestGateway } from '../test-gateway.js';

const PATH = '/api/operator/safe-networks';

let gateway: TestGateway;
let operator: TestClient;
let told = 0;
beforeAll(async () => {
  gateway = await openTestGateway(24_010);
  operator = await gateway.admin();
  gateway.bus.subscribe('border.safe-networks-changed', () => {
    told += 1;
  });
});
afterAll(() => gateway?.close());

const add = (network: string, note = 'Monitoring') => operator.send('POST', PATH, { network, note });
const list = () => operator.do<SafeNetwork[]>('GET', PATH);
const networks = async () => (await list()).map(({ network }) => network);

describe('networks that are never banned', () => {
  it('are added, told to signalling, and removed, each with an audit entry', async () => {
    expect(await list()).toEqual([]);
    expect((await add('192.0.2.77/24', ' Branch ')).status).toBe(200);
    await add('2001:DB8:0::1/48');
    expect(await list()).toMatchObject([
      { network: '2001:db8::/48', note: 'Monitoring', addedBy: 'Administrator' },
      { network: '192.0.2.0/24', note: 'Branch', addedBy: 'Administrator' },
    ]);
    const [, branch] = await list();
    await operator.do('DELETE', `${PATH}/${branch?.safeNetworkId}`);
    expect(await networks()).toEqual(['2001:db8::/48']);
    expect(told).toBe(3);

    const { entries } = await operator.do<{ entries: AuditEntry[] }>('GET', '/api/admin/audit');
    const acts = entries.filter(({ action }) => action.startsWith('safe-network.'));
    expect(acts.map(({ action, target }) => `${action} ${target}`)).toEqual([
      'safe-network.removed 192.0.2.0/24',
      'safe-network.added 2001:db8::/48',
      'safe-network.added 192.0.2.0/24',
    ]);
    expect(acts[2]?.change).toMatchObject({ after: { note: 'Branch' } });
  });

  it('are refused beside the field, or where they are there already; nothing changes then', async () => {
    const before = told;
    for (const [network, words] of [
      ['0.0.0.0/0', /everybody/],
      ['::ffff:0.0.0.0/96', /everybody/],
      ['203.0.0.0/8', /too wide/],
      ['branch.example', /Enter an address/],
    ] as const) {
      const { status, body } = await add(network);
      expect([network, status]).toEqual([network, 400]);
      expect((body['fields'] as Record<string, string>)['network']).toMatch(words);
    }
    expect((await add('192.0.2.9', ' ')).body['fields']).toHaveProperty('note');
    const again = await add('2001:db8:0:0::/48');
    expect([again.status, again.body['code']]).toEqual([409, 'BORDER.NETWORK_KNOWN']);
    expect((await operator.send('DELETE', `${PATH}/${crypto.randomUUID()}`)).status).toBe(404);
    expect((await operator.send('DELETE', `${PATH}/not-an-id`)).status).toBe(404);
    expect(told).toBe(before);
  });

  it('are the business of operators: no staff, no admins of other organisations', async () => {
    const stranger = await gateway.client().login(gateway.other.email, gateway.other.password);
    const [one] = await list();
    for (const client of [stranger, await gateway.staff(0)]) {
      expect((await client.send('GET', PATH)).status).toBe(403);
      expect((await client.send('POST', PATH, { network: '203.0.113.9', note: 'x' })).status).toBe(403);
      expect((await client.send('DELETE', `${PATH}/${one?.safeNetworkId}`)).status).toBe(403);
    }
    expect(await networks()).toEqual(['2001:db8::/48']);
  });

  it(`are ${MAX_SAFE_NETWORKS} at most`, async () => {
    await gateway.opened.database.asSystem('test', (tx) =>
      tx.sipSafeNetwork.createMany({
        data: Array.from({ length: MAX_SAFE_NETWORKS - 1 }, (_, at) => ({
          ...{ network: `198.51.100.${at}`, note: '-', addedAt: new Date(), addedByName: '-' },
          ...{ addedByUserId: crypto.randomUUID(), addedIn: crypto.randomUUID() },
        })),
      }),
    );
    const { status, body } = await add('203.0.113.9');
    expect([status, body['code']]).toEqual([409, 'BORDER.TOO_MANY_NETWORKS']);
  });
});
