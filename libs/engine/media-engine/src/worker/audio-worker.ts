import { parentPort, workerData } from 'node:worker_threads';
import type { Outcome } from '../api/outcome.js';
import { ResamplerFactory } from '../audio/resampler.js';
import { CommandIntake } from './command-intake.js';
import { CommandRing } from './command-ring.js';
import { TickClock } from './tick-clock.js';
import { Traffic } from './traffic.js';
import { NOBODY_WAITS, type WorkerCommand, type WorkerReport, type WorkerSetUp } from './worker-message.js';
import { WorkerRuntime } from './worker-runtime.js';

/** How often a worker shows that it is alive. */
const PULSE_MS = 1000;
/** So long it goes on ticking with nothing to do: what was asked for may be on its way. */
const IDLE_TICKS = 250;

/** Entry of a worker thread: answers commands and ticks. */
async function run(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('The audio worker runs as a worker thread only.');
  const outbox: WorkerReport[] = [];
  // As with commands: what happens in one turn of the event loop is told in one message.
  const report = (message: WorkerReport): void => {
    outbox.push(message);
    if (outbox.length === 1) setImmediate(() => port.postMessage(outbox.splice(0)));
  };
  const setUp = workerData as WorkerSetUp;
  const clock = { monotonicMs: () => performance.now(), unixMs: () => Date.now(), random: () => Math.random() };
  const ring = new CommandRing(setUp.ring);
  const runtime = new WorkerRuntime({
    clock,
    resamplers: await ResamplerFactory.load(),
    rtpSilenceTimeoutMs: setUp.rtpSilenceTimeoutMs,
    traffic: new Traffic(setUp.traffic),
    emit: (event) => report({ type: 'event', event }),
    catchUp: () => intake.catchUp(),
  });
  let idleTicks = 0;
  const ticks = new TickClock(clock.monotonicMs, (nowMs) => {
    intake.catchUp();
    runtime.tick(nowMs);
    idleTicks = runtime.idle ? idleTicks + 1 : 0;
    if (idleTicks >= IDLE_TICKS && ring.sleep()) ticks.stop();
  });
  const wake = (): void => {
    idleTicks = 0;
    ring.wake();
    ticks.start();
  };
  const obey = (command: WorkerCommand): void => {
    // The engine's proxy is typed by `WorkerApi`, so that method and parameters belong together.
    const method = runtime[command.method] as (...parameters: unknown[]) => unknown;
    const failed = (error: unknown): void => {
      const detail = error instanceof Error ? error.message : String(error);
      if (command.id === NOBODY_WAITS) report({ type: 'refused', endpointId: String(command.parameters[0]), detail });
      else report({ type: 'failure', id: command.id, detail });
    };
    try {
      const result = method.apply(runtime, command.parameters);
      if (command.id === NOBODY_WAITS) {
        // `ToldMethod`s answer at once.
        const outcome = result as Outcome<void>;
        if (!outcome.ok) failed(outcome.detail);
        return;
      }
      if (result instanceof Promise)
        result.then((late) => {
          // What took its time may have opened something.
          wake();
          report({ type: 'result', id: command.id, result: late });
        }, failed);
      else report({ type: 'result', id: command.id, result });
    } catch (error) {
      failed(error);
    }
  };
  const intake = new CommandIntake(port, ring, obey);
  port.on('message', (commands: readonly WorkerCommand[]) => {
    wake();
    intake.take(commands);
  });
  setInterval(() => report({ type: 'pulse', tickLateMs: ticks.worstLateMs }), PULSE_MS);
  ticks.start();
  report({ type: 'ready' });
}

await run();
