import type { WayToPeer } from '../api/way-to-peer.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from '../user-agent/core.js';
import { writableFlow } from './writable-flow.js';

/**
 * A peer whose connection is gone may be back, by another one, within the time that a request over UDP would be repeated
 * (RFC 3261 §17.1.2.2: 64*T1).
 * @param done with the open way; undefined where there was none in time
 */
export function whenBack(
  { clock, timers }: Pick<Core, 'clock' | 'timers'>,
  way: WayToPeer,
  done: (flow: SipFlow | undefined) => void,
): void {
  const now = openWay(way);
  if (now !== undefined || way.awaitAnother === undefined) {
    done(now);
    return;
  }
  let stop = (): void => undefined;
  const timer = clock.setTimeout(() => {
    stop();
    done(undefined);
  }, 64 * timers.t1);
  stop = way.awaitAnother(() => {
    const flow = openWay(way);
    if (flow === undefined) return;
    clock.clearTimeout(timer);
    stop();
    done(flow);
  });
}

function openWay(way: WayToPeer): SipFlow | undefined {
  const flow = writableFlow(way.find(undefined));
  return flow?.open === true ? flow : undefined;
}
