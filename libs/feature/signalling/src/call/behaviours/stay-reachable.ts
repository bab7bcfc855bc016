import { wayToPhone } from '../../registrar/way-to-phone.js';
import type { SessionBehaviour } from '../call-parts.js';

/** A phone that loses its connection, or whose connection went with a process of ours, is reached by its next registration. */
export const stayReachable: SessionBehaviour = (parts, _call, leg, session) => {
  const { flow } = session;
  if (leg.deviceId === null || flow?.protocol === 'udp') return;
  session.reachBy(wayToPhone(parts, leg.deviceId, flow));
};
