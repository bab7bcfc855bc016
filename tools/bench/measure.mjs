import { startStep } from '../console/step.mjs';
import { credentials, startCallers } from './callers.mjs';
import { freePort } from './free-port.mjs';
import { percentiles } from './percentiles.mjs';
import { cpuSeconds } from './process-tree.mjs';
import { runSipp } from './run-sipp.mjs';

/** A call that failed now and then is no limit. */
const FAILED_SHARE = 0.005;
/** Messages that were sent again: somebody waited for longer than T1. */
const REPEATED_SHARE = 0.01;
/** Rates in a row that do not hold, after which no higher one is tried. */
const MISSES = 2;

/**
 * Registers, calls, and measures. Each pair of users makes its calls at the same time as the others: the first calls
 * the second, which rings and answers at once, so that all the time that passes is the server's.
 *
 * @param {import('./start-carillon.mjs').Server} server
 * @param {{ from: 'phones' | 'trunk', registerRate: number, callRate: number, seconds: number, warmSeconds: number, holdMs: number,
 *   core?: string }} load who calls; rates per second; for how long calls are made before they count; the core for SIPp
 */
export async function measure(server, load) {
  const pairs = await registerPairs(server);
  const registrations = await measureRegistrations(server, pairs, load);
  // V8 compiles what it has seen often enough: the first thousand calls of a process cost three times the later ones.
  return withCallers(server, pairs, load, async (parties) => {
    if (load.warmSeconds > 0) await measureCalls(server, parties, { ...load, seconds: load.warmSeconds });
    const calls = await measureCalls(server, parties, load);
    return { server: server.name, registrations, calls };
  });
}

/**
 * Calls at one rate after the other, until two in a row do not hold.
 *
 * @param {import('./start-carillon.mjs').Server} server
 * @param {{ from: 'phones' | 'trunk', rates: number[], callRate: number, seconds: number, warmSeconds: number, holdMs: number,
 *   core?: string, begunInTime?: number }} load calls are made at the first rate for `warmSeconds` before they count; a rate
 *   holds where at least this share of it was begun in time
 */
export async function climb(server, load) {
  const pairs = await registerPairs(server);
  const { rates, warmSeconds, begunInTime = 0 } = load;
  return withCallers(server, pairs, load, async (parties) => {
    if (warmSeconds > 0) await measureCalls(server, parties, { ...load, callRate: rates[0], seconds: warmSeconds });
    const steps = [];
    for (const callRate of rates) {
      const calls = await measureCalls(server, parties, { ...load, callRate });
      const { begun, completed, retransmissions, begunPerSecond } = calls;
      const isWell = begun - completed <= begun * FAILED_SHARE && retransmissions <= begun * REPEATED_SHARE;
      steps.push({ callRate, holds: isWell && begunPerSecond >= callRate * begunInTime, ...calls });
      if (steps.slice(-MISSES).filter((step) => !step.holds).length === MISSES) break;
    }
    return { server: server.name, steps, best: steps.filter(({ holds }) => holds).at(-1)?.callRate ?? 0 };
  });
}

async function withCallers(server, pairs, load, work) {
  const callers = await startCallers(server, pairs, load);
  try {
    return await work({ callers, calleePort: pairs[0].calleePort });
  } finally {
    callers.stop();
  }
}

/** Pairs of a caller and a callee whose phone is registered from the port where it will answer. */
async function registerPairs(server) {
  const pairs = [];
  // One SIPp is all the phones that are called.
  const calleePort = await freePort();
  for (let index = 0; index + 1 < server.users.length; index += 2) {
    const [caller, callee] = server.users.slice(index, index + 2);
    const mediaPort = 30_000 + index * 60;
    const run = runSipp('register', {
      ...{ server: targetOf(server), domain: server.domain, port: calleePort, mediaPort, count: 1 },
      fields: [[callee.user, credentials(callee), String(calleePort)]],
    });
    const { times } = await run.result;
    if (times.completed !== 1)
      throw new Error(`${server.name} does not let ${callee.user} register, so nothing can be measured.`);
    pairs.push({ caller, callee, calleePort, mediaPort });
  }
  return pairs;
}

const targetOf = ({ host, port }) => `${host}:${port}`;

async function measureRegistrations(server, pairs, { registerRate, seconds, core }) {
  const step = startStep(`${server.name}: ${registerRate} registrations per second for ${seconds} s`);
  const port = await freePort();
  const fields = pairs.map(({ caller }) => [caller.user, credentials(caller), String(port)]);
  const before = cpuSeconds(server.pid);
  const run = runSipp('register', {
    ...{ server: targetOf(server), domain: server.domain, port, mediaPort: 29_000, fields },
    ...{ rate: registerRate, count: registerRate * seconds, timeoutSeconds: seconds + 30, core },
  });
  const { times } = await run.result;
  step.done(`${times.completed} of ${times.begun}`);
  return {
    ...countsOf(times),
    cpuMsEach: ((cpuSeconds(server.pid) - before) / Math.max(1, times.begun)) * 1000,
    toRegistered: percentiles(times.toRegistered),
  };
}

async function measureCalls(server, { callers, calleePort }, { callRate, seconds, holdMs, core }) {
  const step = startStep(`${server.name}: ${callRate} calls per second for ${seconds} s`);
  const common = { server: targetOf(server), domain: server.domain, timeoutSeconds: seconds + 60, core };
  const answering = runSipp('answer', { ...common, port: calleePort, mediaPort: 29_500 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = cpuSeconds(server.pid);
  // One SIPp is all callers: one for each would wait for the others on their core, and be the limit of the measurement.
  const { times } = await runSipp(callers.scenario, {
    ...common,
    address: callers.address,
    port: await freePort(),
    mediaPort: 30_000,
    fields: callers.fields,
    rate: callRate,
    count: Math.ceil(callRate * seconds),
    holdMs,
  }).result;
  const cpu = cpuSeconds(server.pid) - before;
  answering.stop();
  await answering.result;
  step.done(`${times.completed} of ${times.begun}`);
  return {
    ...countsOf(times),
    begunPerSecond: times.begunPerSecond,
    cpuMsEach: (cpu / Math.max(1, times.begun)) * 1000,
    toRinging: percentiles(times.toRinging),
    toAnswer: percentiles(times.toAnswer),
  };
}

const countsOf = ({ begun, completed, retransmissions }) => ({ begun, completed, retransmissions });
