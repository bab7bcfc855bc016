import type { Presence } from '@carillon/contracts';
import type { PresenceDocument, PresenceTuple } from './pidf.js';

/**
 * One document of what the product knows and what the user's phones publish (RFC 3856 §6.11).
 * The product's own tuple comes first; a phone that says it is closed does not close the others.
 */
export function composePresence(
  entity: string,
  product: Presence | undefined,
  published: readonly PresenceDocument[],
): PresenceDocument {
  const own: PresenceTuple = {
    id: 'carillon',
    open: product === undefined ? undefined : product.state !== 'offline',
    contact: entity,
    note: undefined,
    since: product?.since,
  };
  const phones = published
    .flatMap(({ tuples }) => tuples)
    // Identifiers of different phones may be the same, and must be XML names.
    .map((tuple, index): PresenceTuple => ({ ...tuple, id: `phone${index + 1}` }));
  const activities = new Set([...activitiesOf(product), ...published.flatMap((one) => one.activities)]);
  return {
    entity,
    tuples: [own, ...phones],
    activities: [...activities],
    note: published.find(({ note }) => note !== undefined)?.note,
  };
}

/** RFC 4480 §3.2 */
function activitiesOf(presence: Presence | undefined): string[] {
  if (presence?.state === 'in-a-call') return ['on-the-phone'];
  return presence?.state === 'away' ? ['away'] : [];
}
