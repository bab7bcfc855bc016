import { newId, OrganisationId, TrunkId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { until } from '../testing/signalling-bench.js';
import { useTrunks } from '../testing/trunk-bench.js';

const { bench, trunks } = useTrunks(16_032);

describe('a trunk', () => {
  it('registers, is found reachable, and lets go when it is switched off', async () => {
    const carrier = await trunks.provider({ credentials: { username: 'acme', password: 'secret' } });
    const row = await trunks.add({
      host: '127.0.0.2',
      port: carrier.port,
      username: 'acme',
      passwordSealed: 'secret',
      registers: true,
    });
    await until('the registration', async () => (await trunks.states())[0]?.registration === 'registered');
    await until('its being reachable', async () => (await trunks.states())[0]?.reachable === 'yes');
    expect(carrier.registered[0]?.to?.uri).toBe('sip:acme@127.0.0.2');
    await trunks.change(row.id, { enabled: false });
    await until('the end of the registration', () => carrier.registered.length === 2);
    expect(carrier.registered[1]?.header('Expires') ?? carrier.registered[1]?.header('Contact')).toMatch(/0$/);
    expect(await trunks.states()).toEqual([]);
  });

  it('with a wrong password says so', async () => {
    const carrier = await trunks.provider({ credentials: { username: 'acme', password: 'secret' } });
    await trunks.add({
      host: '127.0.0.2',
      port: carrier.port,
      username: 'acme',
      passwordSealed: 'wrong',
      registers: true,
    });
    const failed = await until('the failure', async () => {
      const [state] = await trunks.states();
      return state?.registration === 'failed' && state;
    });
    expect(failed.problem).toMatch(/^401 /);
  });

  it('is asked at the press of a button, by its own organisation alone', async () => {
    const carrier = await trunks.provider();
    const row = await trunks.add({ host: '127.0.0.2', port: carrier.port });
    const { organisationId } = bench.organisation;
    const trunkId = TrunkId.parse(row.id);
    const answer = await bench.bus.call('trunk.test', { organisationId, trunkId });
    expect(answer).toMatchObject({ ok: true, reachable: true, status: 200 });
    const stranger = newId(OrganisationId);
    expect(await bench.bus.call('trunk.test', { organisationId: stranger, trunkId })).toMatchObject({ ok: false });
  });
});
