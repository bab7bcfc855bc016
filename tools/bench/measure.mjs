import { startStep } from '../console/step.mjs';
import { freePort } from './free-port.mjs';
import { percentiles } from './percentiles.mjs';
import { cpuSeconds } from './process-tree.mjs';
import { runSipp } from './run-sipp.mjs';

const credentials = ({ user, password }) => `[authentication username=${user} password=${password}]`;

/**
 * Registers, calls, and measures. Each pair of users makes its calls at the same time as the others: the first calls
 * the second, which rings and answers at once, so that all the time that passes is the server's.
 *
 * @param {import('./start-carillon.mjs').Server} server
 * @param {{ registerRate: number, callRate: number, seconds: number, warmSeconds: number, holdMs: number, core?: string }} load rates
 *   per second; for how long calls are made before they count; the core for SIPp
 */
export async function measure(server, load) {
  const target = `${server.host}:${server.port}`;
  const pairs = [];
  // One SIPp is all the phones that are called.
  const calleePort = await freePort();
  for (let index = 0; index + 1 < server.users.length; index += 2) {
    pairs.push({
      caller: server.users[index],
      callee: server.users[index + 1],
      calleePort,
      mediaPort: 30_000 + index * 60,
    });
  }
  const registrations = await measureRegistrations(server, target, pairs, load);
  // V8 compiles what it has seen often enough: the first thousand calls of a process cost three times the later ones.
  if (load.warmSeconds > 0) await measureCalls(server, target, pairs, { ...load, seconds: load.warmSeconds });
  const calls = await measureCalls(server, target, pairs, load);
  return { server: server.name, registrations, calls };
}

async function measureRegistrations(server, target, pairs, { registerRate, seconds, core }) {
  const step = startStep(`${server.name}: ${registerRate} registrations per second for ${seconds} s`);
  // The callees register from the port where they will answer, as a phone does.
  for (const { callee, calleePort, mediaPort } of pairs) {
    const fields = [[callee.user, credentials(callee), String(calleePort)]];
    const run = runSipp('register', {
      server: target,
      domain: server.domain,
      port: calleePort,
      mediaPort,
      fields,
      count: 1,
    });
    const { times } = await run.result;
    if (times.completed !== 1) {
      step.fail(`${callee.user} could not register`);
      throw new Error(`${server.name} does not let ${callee.user} register, so nothing can be measured.`);
    }
  }
  const port = await freePort();
  const fields = pairs.map(({ caller }) => [caller.user, credentials(caller), String(port)]);
  const before = cpuSeconds(server.pid);
  const run = runSipp('register', {
    ...{ server: target, domain: server.domain, port, mediaPort: 29_000, fields },
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

async function measureCalls(server, target, pairs, { callRate, seconds, holdMs, core }) {
  const step = startStep(`${server.name}: ${callRate} calls per second for ${seconds} s`);
  const common = { server: target, domain: server.domain, timeoutSeconds: seconds + 60, core };
  const answering = runSipp('answer', { ...common, port: pairs[0].calleePort, mediaPort: 29_500 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = cpuSeconds(server.pid);
  const each = Math.ceil((callRate * seconds) / pairs.length);
  const calling = [];
  for (const { caller, callee, mediaPort } of pairs) {
    // Each pair's calls are evenly spaced: begun at the same time, all pairs would call at once, and then none for a while.
    await new Promise((resolve) => setTimeout(resolve, 1000 / callRate));
    const fields = [[caller.user, credentials(caller), callee.number]];
    const port = await freePort();
    calling.push(
      runSipp('call', {
        ...common,
        user: callee.number,
        port,
        mediaPort,
        fields,
        rate: callRate / pairs.length,
        count: each,
        holdMs,
      }),
    );
  }
  const results = await Promise.all(calling.map((run) => run.result));
  const cpu = cpuSeconds(server.pid) - before;
  answering.stop();
  await answering.result;
  const times = results.map((result) => result.times).reduce(join);
  step.done(`${times.completed} of ${times.begun}`);
  return {
    ...countsOf(times),
    cpuMsEach: (cpu / Math.max(1, times.begun)) * 1000,
    toRinging: percentiles(times.toRinging),
    toAnswer: percentiles(times.toAnswer),
  };
}

const countsOf = ({ begun, completed, retransmissions }) => ({ begun, completed, retransmissions });

function join(a, b) {
  return Object.fromEntries(
    Object.keys(a).map((key) => [key, Array.isArray(a[key]) ? [...a[key], ...b[key]] : a[key] + b[key]]),
  );
}
