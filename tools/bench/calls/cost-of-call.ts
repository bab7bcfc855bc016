// CPU time of signalling's thread for one call from INVITE without credentials to BYE, phones in a thread of their own, over
// loopback. PostgreSQL takes what is written without looking at it, and media is a fixed answer: neither is measured.
//   node … cost-of-call.ts [calls per second, 0: as many as go] [calls] [calls before] [rounds] [count]
// With `count` it says how often which function ran in a call, and how many promises, timers and ticks there were.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { Database } from '@carillon/database';
import { openTestDatabase } from '@carillon/database/testing';
import { EndpointId, newId, OwnerId } from '@carillon/domain';
import { MemoryTransport, TypedBus, type Bus } from '@carillon/event-bus';
import { Metrics, silentLogger, SystemClock, TrustedProxies } from '@carillon/service-runtime';
import { startSignalling } from '../../../libs/feature/signalling/src/signalling.js';
import { SipWebSocket } from '../../../libs/feature/signalling/src/sip/sip-web-socket.js';
import { addOrganisation } from '../../../libs/feature/signalling/src/testing/organisation.js';
import { countInstructions } from './count-instructions.js';
import { countWork, describeWork } from './count-work.js';

const [rate = 0, calls = 4000, before = 6000, rounds = 3] = process.argv.slice(2, 6).map(Number);
const SIP_PORT = Number(process.env['BENCH_PORT'] ?? 21_000);
const users = Array.from({ length: 40 }, (_, index) => String(1001 + index));

const database = await openTestDatabase();
const organisation = await addOrganisation(database.database, users);
// As the product has it.
const bus = new TypedBus(new MemoryTransport(), silentLogger(), { trustsOwnWords: true });
answerForMedia(bus);
const running = await startSignalling({
  settings: {
    sip: { host: '127.0.0.1', port: SIP_PORT },
    sipDomain: organisation.domain,
    advertisedAddress: '127.0.0.1',
  },
  database: withoutWriting(database.database),
  bus,
  clock: new SystemClock(),
  logger: silentLogger(),
  metrics: new Metrics(),
  unsealTrunkPassword: (sealed) => sealed,
  random: () => 0,
  webSocket: new SipWebSocket(silentLogger(), new TrustedProxies([])),
});

const phones = new Worker(new URL('./phones.mjs', import.meta.url), {
  workerData: {
    ...{ domain: organisation.domain, users, serverPort: SIP_PORT },
    ...{ callerPort: SIP_PORT + 1, answererPort: SIP_PORT + 2 },
  },
});
const done = (): Promise<number> =>
  new Promise((settle, reject) => {
    phones.once('message', ({ failed }: { failed: number }) => settle(failed));
    phones.once('error', reject);
  });
const makeCalls = (count: number): Promise<number> => {
  phones.postMessage(rate === 0 ? { count, atOnce: 8 } : { count, everyMs: 1000 / rate });
  return done();
};

await done();
await makeCalls(before);
let collections = 0;
let collectingMs = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    collectingMs += entry.duration;
    const { kind } = entry.detail as { kind: number };
    if (kind === constants.NODE_PERFORMANCE_GC_MINOR) collections += 1;
  }
}).observe({ entryTypes: ['gc'] });
for (let round = 0; round < rounds; round += 1) {
  [collections, collectingMs] = [0, 0];
  let failed = 0;
  let used = 0;
  const instructions = await countInstructions(async () => {
    const begun = cpuOfThisThread();
    failed = await makeCalls(calls);
    used = cpuOfThisThread() - begun;
  });
  const thousands =
    instructions === undefined ? '' : ` and ${(instructions / calls / 1000).toFixed(0)} thousand instructions`;
  console.log(
    `${(used / calls / 1000).toFixed(0)} µs of CPU${thousands} a call, ${((collectingMs * 1000) / calls).toFixed(0)} µs of it in the collector; ` +
      `${(calls / collections).toFixed(0)} calls until young objects fill their space; ${failed} failed`,
  );
}
if (process.argv[6] === 'count') console.log(describeWork(await countWork(() => makeCalls(calls)), calls));
await phones.terminate();
await running.close();
await database.close();
process.exit(0);

/** Nanoseconds that the main thread has run, in user mode and in the kernel. */
function cpuOfThisThread(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
}

/** As the database of signalling, but what a call writes is only taken, after a while in which it would be written. */
function withoutWriting(real: Database): Database {
  real.writeForOrganisation = () => new Promise((settle) => setTimeout(() => settle(1), 2));
  return real;
}

function answerForMedia(to: Bus): void {
  const ownerId = OwnerId.parse('media-of-the-bench');
  const sdp =
    'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40002 RTP/AVP 0 101\r\n' +
    'a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n';
  to.handle('media.open', ({ offer }) => ({
    ...{ ok: true, endpointId: newId(EndpointId), ownerId },
    sdp: offer === undefined ? sdp : '',
  }));
  to.handle('media.answer', () => ({ ok: true, sdp }), { ownerId });
  to.handle('media.accept-answer', () => ({ ok: true }), { ownerId });
  to.handle('media.connect', () => ({ ok: true }), { ownerId });
  to.handle('media.close', () => ({ ok: true, stats: null }), { ownerId });
}
