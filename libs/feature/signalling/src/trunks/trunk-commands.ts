import type { Bus } from '@carillon/event-bus';
import type { Trunks } from './trunks.js';

/** Commands about trunks. @returns stops handling them */
export function handleTrunkCommands(bus: Bus, trunks: Trunks): () => void {
  const stops = [
    bus.handle('trunk.list-states', ({ organisationId }) => ({ ok: true, states: trunks.states(organisationId) })),
    bus.handle('trunk.test', async ({ organisationId, trunkId }) => {
      const probe = await trunks.test(organisationId, trunkId);
      return probe === undefined
        ? { ok: false, code: 'TRUNK.NOT_FOUND', detail: 'This trunk is not in use' }
        : { ok: true, ...probe };
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
