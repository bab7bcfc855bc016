import type { EndpointId, LegId } from '@carillon/domain';
import { openLeg } from './open-leg.js';
import type { PhoneParts } from './phone-parts.js';

/** Opening, and the end of what was opened too late for anybody to use it. @returns what stops handling */
export function handleOpening(parts: PhoneParts): (() => void)[] {
  const { bus, engine, legs } = parts;
  /** Under way, by leg. */
  const openings = new Map<LegId, { abandoned: boolean }>();
  const close = async (endpointId: EndpointId): Promise<void> => {
    legs.remove(endpointId);
    await engine.closeEndpoint(endpointId, 'nobody waits for it');
  };
  return [
    bus.handle('media.open', async (payload) => {
      const { legId } = payload;
      const opening = { abandoned: false };
      openings.set(legId, opening);
      try {
        const opened = await openLeg(parts, payload);
        if (opened.ok && opening.abandoned) await close(opened.endpointId);
        return opened;
      } finally {
        if (openings.get(legId) === opening) openings.delete(legId);
      }
    }),
    bus.subscribe('media.open-abandoned', async ({ legId }) => {
      const opening = openings.get(legId);
      if (opening !== undefined) opening.abandoned = true;
      for (const leg of legs.all()) if (leg.legId === legId) await close(leg.endpointId);
    }),
  ];
}
