// What the media of a bridged call costs: CPU time by thread, ways to the audio thread and back, wake-ups, promises, memory.
// Signalling's `CallMedia` asks for what a call asks for, in its order and its turns of the event loop, over the bus of the
// product; media plane, audio thread and sockets are the real ones. What the loop itself costs is measured by turns and left out.
//   node … cost-of-bridging.ts [calls per second, 0: as many as go] [calls] [calls before] [rounds] [count]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { EndpointId, newId, OrganisationId, OwnerId } from '@carillon/domain';
import { MemoryTransport, TypedBus, type Bus } from '@carillon/event-bus';
import { createAudioEngine } from '@carillon/media-engine';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { PhonePlane } from '../../../libs/feature/media-plane/src/phone/phone-plane.js';
import { CallMedia } from '../../../libs/feature/signalling/src/call/call-media.js';
import { countWork, describeWork } from '../calls/count-work.js';
import { bridgeCall } from './bridge-call.js';

const [rate = 100, calls = 3000, before = 3000, rounds = 3] = process.argv.slice(2, 6).map(Number);
const AT_ONCE = 8;
const FIRST_PORT = Number(process.env['BENCH_RTP_PORT'] ?? 52_000);

const phones = spawn(process.execPath, ['-e', LISTENING_PHONE(), String(FIRST_PORT)], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
await once(phones.stdout, 'data');

const messages = { toThread: 0, fromThread: 0 };
countMessages();
const others = new Set(threads());
const engine = await createAudioEngine({ portRange: { min: FIRST_PORT + 2, max: FIRST_PORT + 999 } });
const [audioThread = ''] = threads().filter((thread) => !others.has(thread));

const real = newBus();
const plane = new PhonePlane({
  ...{
    bus: real,
    engine,
    ownerId: OwnerId.parse('media-of-the-bench'),
    advertisedAddress: '127.0.0.1',
    dataDir: '/nonexistent',
  },
  ...{ logger: silentLogger(), health: new Health(silentLogger()), metrics: new Metrics() },
});
plane.open();
const fixed = newBus();
answerAlike(fixed);
const withMedia = new CallMedia(real, silentLogger());
const without = new CallMedia(fixed, silentLogger());

// As many as go, and some as they will come.
await makeCalls(withMedia, before, 0);
await makeCalls(without, before, 0);
await makeCalls(withMedia, Math.ceil(rate * 2));
for (let round = 0; round < rounds; round += 1) {
  const empty = await measured(() => makeCalls(without, calls));
  const full = await measured(() => makeCalls(withMedia, calls));
  const main = full.main - empty.main;
  const rest = full.others - empty.others;
  console.log(
    `${(main + full.audio + rest).toFixed(0)} µs a call: main thread ${main.toFixed(0)} (beside ${empty.main.toFixed(0)} of the loop), ` +
      `audio thread ${full.audio.toFixed(0)}, others ${rest.toFixed(0)}; messages ${full.toThread.toFixed(2)} to it and ` +
      `${full.fromThread.toFixed(2)} back; woken ${full.audioWoken.toFixed(2)} times, the main thread ` +
      `${(full.mainWoken - empty.mainWoken).toFixed(2)} more`,
  );
}
if (process.argv[6] === 'count') {
  const [empty, full] = [
    await countWork(() => makeCalls(without, 300)),
    await countWork(() => makeCalls(withMedia, 300)),
  ];
  console.log(`The loop alone\n${describeWork(empty, 300)}\nWith media\n${describeWork(full, 300)}`);
}
if (process.env['BENCH_MEMORY'] !== 'no') await reportMemory();
await plane.close();
phones.kill();
process.exit(0);

interface Figures {
  /** µs of CPU a call. */
  readonly main: number;
  readonly audio: number;
  readonly others: number;
  /** A call. */
  readonly toThread: number;
  readonly fromThread: number;
  readonly mainWoken: number;
  readonly audioWoken: number;
}

async function measured(run: () => Promise<void>): Promise<Figures> {
  const begun = taken();
  await run();
  const ended = taken();
  const each = (of: (figures: ReturnType<typeof taken>) => number, unit = 1): number =>
    (of(ended) - of(begun)) / calls / unit;
  return {
    main: each(({ cpu }) => cpu.main, 1000),
    audio: each(({ cpu }) => cpu.audio, 1000),
    others: each(({ cpu }) => cpu.others, 1000),
    toThread: each(({ toThread }) => toThread),
    fromThread: each(({ fromThread }) => fromThread),
    mainWoken: each(({ woken }) => woken.main),
    audioWoken: each(({ woken }) => woken.audio),
  };
}

function taken() {
  const cpu = { main: 0, audio: 0, others: 0 };
  const woken = { main: 0, audio: 0, others: 0 };
  for (const thread of threads()) {
    const whose = thread === String(process.pid) ? 'main' : thread === audioThread ? 'audio' : 'others';
    cpu[whose] += Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    const status = readFileSync(`/proc/self/task/${thread}/status`, 'utf8');
    woken[whose] += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return { cpu, woken, ...messages };
}

function threads(): string[] {
  return readdirSync('/proc/self/task');
}

/** At the rate, or some at a time as fast as they go. */
async function makeCalls(media: CallMedia, count: number, perSecond = rate): Promise<void> {
  const organisationId = newId(OrganisationId);
  const phone = { address: '127.0.0.1', port: FIRST_PORT };
  const one = (): Promise<void> => bridgeCall(media, organisationId, phone);
  if (perSecond === 0) {
    let left = count;
    const some = async (): Promise<void> => {
      for (; left > 0; left -= 1) await one();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, some));
    return;
  }
  const running: Promise<void>[] = [];
  const startMs = performance.now();
  while (running.length < count) {
    while (running.length < count && startMs + (running.length * 1000) / perSecond <= performance.now())
      running.push(one());
    await pause(Math.max(1, Math.min(5, 1000 / perSecond)));
  }
  await Promise.all(running);
}

/** Messages between the threads, whatever sends them. */
function countMessages(): void {
  const { postMessage, emit } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...what: Parameters<typeof postMessage>): void {
    messages.toThread += 1;
    postMessage.apply(this, what);
  };
  Worker.prototype.emit = function (this: Worker, event: string | symbol, ...what: unknown[]): boolean {
    if (event === 'message') messages.fromThread += 1;
    return emit.apply(this, [event, ...what] as unknown as Parameters<typeof emit>);
  } as typeof emit;
}

function newBus(): Bus {
  return new TypedBus(new MemoryTransport(), silentLogger(), { trustsOwnWords: true });
}

/** What the loop asks is answered, and nothing is done for it. */
function answerAlike(bus: Bus): void {
  const ownerId = OwnerId.parse('nobody');
  bus.handle('media.open', () => ({ ok: true, endpointId: newId(EndpointId), ownerId, sdp: '' }));
  bus.handle('media.answer', () => ({ ok: true, sdp: '' }), { ownerId });
  bus.handle('media.accept-answer', () => ({ ok: true }), { ownerId });
  bus.handle('media.connect', () => ({ ok: true }), { ownerId });
  bus.handle('media.close', () => ({ ok: true, stats: null }), { ownerId });
}

/** What calls leave behind, and what open ones take: heap of the main thread, and of the process as a whole. */
async function reportMemory(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const { runInNewContext } = await import('node:vm');
  const collect = runInNewContext('gc') as () => void;
  const weigh = async (): Promise<{ heap: number; rss: number }> => {
    await pause(500);
    collect();
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    return { heap: heapUsed, rss };
  };
  const first = await weigh();
  await makeCalls(withMedia, calls);
  const second = await weigh();
  const open = Array.from({ length: 300 }, () => engine.openEndpoint({}));
  for (const one of open) await one;
  const third = await weigh();
  const kilobytes = (from: number, to: number, count: number): string => ((to - from) / count / 1024).toFixed(2);
  console.log(
    `left behind by a call: ${kilobytes(first.heap, second.heap, calls)} KB of the main heap, ${kilobytes(first.rss, second.rss, calls)} KB ` +
      `of the process; an open endpoint that nobody talks to: ${kilobytes(second.heap, third.heap, 300)} and ${kilobytes(second.rss, third.rss, 300)} KB`,
  );
}

/** Takes what is sent to it, in a process of its own. */
function LISTENING_PHONE(): string {
  return `const s = require('dgram').createSocket('udp4'); s.on('message', () => {}); s.bind(Number(process.argv[1]), '127.0.0.1', () => console.log('up'));`;
}
