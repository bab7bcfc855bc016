import { freePort } from './free-port.mjs';
import { climbProxy } from './proxy/climb-proxy.mjs';
import { startKamailio } from './proxy/start-proxy.mjs';

/** The proxy's, its callers' and their callee's. */
const PORTS = 30;

/**
 * Kamailio's proxied calls, which nobody is challenged for: what `proxy/bench.mjs` measures of it, told as the climbs of calls that
 * are bridged are.
 *
 * @param {{ rates: number[], seconds: number, holdMs: number, serverCore?: string, core?: string }} load `core`: for SIPp
 * @returns {ReturnType<import('./measure.mjs').climb>}
 */
export async function climbProxied({ rates, seconds, holdMs, serverCore, core }) {
  const port = await freePort(PORTS);
  const proxy = await startKamailio({ port, core: serverCore });
  try {
    const load = { port: port + 10, calleePort: port + 20, core, seconds, holdMs };
    const { best, steps } = await climbProxy(proxy, load, rates);
    return { server: 'Kamailio, proxied', steps: steps.map(asBridged), best };
  } finally {
    await proxy.stop();
  }
}

const asBridged = ({ rate, passed, begun, failed, retransmitted, achieved, cpuMicrosecondsPerCall }) => ({
  callRate: rate,
  holds: passed,
  begun,
  completed: begun - failed,
  retransmissions: retransmitted,
  begunPerSecond: achieved,
  cpuMsEach: cpuMicrosecondsPerCall / 1000,
});
