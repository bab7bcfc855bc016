import { wayToPhone } from '../../registrar/way-to-phone.js';
import { wayToTrunk } from '../../trunks/way-to-trunk.js';
import type { SessionBehaviour } from '../call-parts.js';

/**
 * A phone that loses its connection, or whose connection went with a process of ours, is reached by its next registration; the
 * other side of a trunk by a new connection to it.
 */
export const stayReachable: SessionBehaviour = (parts, _call, leg, session) => {
  const { flow } = session;
  if (leg.trunk !== undefined) {
    session.reachBy(wayToTrunk(leg.trunk));
    return;
  }
  if (leg.deviceId === null || flow?.protocol === 'udp') return;
  session.reachBy(wayToPhone(parts, leg.deviceId, flow));
};
