import type { EndpointId, LegId } from '@carillon/domain';
import { openLeg, type Opened } from './open-leg.js';
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
  /** What nobody waits for any more is closed as soon as it is open. */
  const watched = async (legId: LegId, late: Promise<Opened>): Promise<Opened> => {
    const opening = { abandoned: false };
    openings.set(legId, opening);
    try {
      const opened = await late;
      if (opened.ok && opening.abandoned) await close(opened.endpointId);
      return opened;
    } finally {
      if (openings.get(legId) === opening) openings.delete(legId);
    }
  };
  return [
    bus.handle('media.open', (payload) => {
      const opening = openLeg(parts, payload);
      return opening instanceof Promise ? watched(payload.legId, opening) : opening;
    }),
    bus.subscribe('media.open-abandoned', async ({ legId }) => {
      const opening = openings.get(legId);
      if (opening !== undefined) opening.abandoned = true;
      for (const leg of legs.all()) if (leg.legId === legId) await close(leg.endpointId);
    }),
  ];
}
