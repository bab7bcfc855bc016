import type { Carillon } from './carillon.js';
import { until } from './wait.js';

/** What `/health` says of one process of signalling. */
export interface ProcessState {
  readonly ok: boolean;
  readonly calls: number;
  readonly registrations: number;
}

/** Of as many processes as there are. */
export async function processStates(carillon: Carillon): Promise<ProcessState[]> {
  const answer = await fetch(`${carillon.httpUrl}/health`);
  const { parts } = (await answer.json()) as { parts: Record<string, { ok: boolean; detail?: string }> };
  return Object.entries(parts)
    .filter(([name]) => /^signalling \d+$/.test(name))
    .toSorted(([a], [b]) => Number(a.slice(11)) - Number(b.slice(11)))
    .map(([, { ok, detail = '' }]) => {
      const count = (of: string): number => Number(new RegExp(`(\\d+) ${of}`).exec(detail)?.[1] ?? 0);
      return { ok, calls: count('calls'), registrations: count('registrations') };
    });
}

/** Waits until each process has as many calls; a phone knows of the end of one before all of them do. */
export async function callsSettle(carillon: Carillon, counts: readonly number[]): Promise<void> {
  let last: number[] = [];
  await until('the calls of each process', async () => {
    last = (await processStates(carillon)).map(({ calls }) => calls);
    return last.join() === counts.join();
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}; there are ${last.join()}, not ${counts.join()}`, { cause: error });
  });
}

/** The process that has more calls than before. */
export async function newCallAt(carillon: Carillon, before: readonly ProcessState[]): Promise<number> {
  const found = await until('the call at one of the processes', async () => {
    const now = await processStates(carillon);
    const number = now.findIndex(({ calls }, at) => calls > (before[at]?.calls ?? 0));
    return number >= 0 && { number };
  });
  return found.number;
}

/** The system's number of a process, as the log told when it last began to listen. */
export function pidOfProcess(carillon: Carillon, process: number): number {
  const lines = carillon.output.split('\n').filter((line) => line.includes('A process of signalling listens'));
  const found = lines.map((line) => JSON.parse(line) as { process: number; pid: number });
  const pid = found.filter((one) => one.process === process).at(-1)?.pid;
  // A signal to process 0 would go to the test itself, and all that it has started.
  if (pid === undefined) throw new Error(`No process ${process} of signalling has ever listened`);
  return pid;
}

/** Waits until another one has taken a dead process's place. */
export async function replacedProcess(carillon: Carillon, process: number, deadPid: number): Promise<void> {
  await until(
    'the process to be there again',
    async () => pidOfProcess(carillon, process) !== deadPid && (await processStates(carillon)).every(({ ok }) => ok),
    { timeoutMs: 120_000 },
  );
}
