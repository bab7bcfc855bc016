import { createHook } from 'node:async_hooks';
import { Session } from 'node:inspector/promises';

/** How often things happened. */
export interface Work {
  /** Promises, timers, ticks and the like, by the names that Node gives them. */
  readonly resources: ReadonlyMap<string, number>;
  /** Calls of functions, by name and file. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Counts what is done while something runs: exact, but several times slower than without counting. */
export async function countWork(run: () => Promise<unknown>): Promise<Work> {
  const resources = new Map<string, number>();
  const hook = createHook({
    init: (_id, type) => void resources.set(type, (resources.get(type) ?? 0) + 1),
  });
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  hook.enable();
  await run();
  hook.disable();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const calls = new Map<string, number>();
  for (const { url, functions } of result)
    for (const { functionName, ranges } of functions) {
      const name = `${functionName || '(anonymous)'} ${url.replace(/^.*\/(libs|node_modules|tools)\//, '')}`;
      const count = ranges[0]?.count ?? 0;
      if (count > 0) calls.set(name, (calls.get(name) ?? 0) + count);
    }
  return { resources, calls };
}

/** As lines, most frequent first. @param times how often what was counted ran */
export function describeWork({ resources, calls }: Work, times: number): string {
  const lines = (of: ReadonlyMap<string, number>, most: number): string[] =>
    [...of]
      .map(([name, count]) => ({ name, each: count / times }))
      .sort((a, b) => b.each - a.each)
      .slice(0, most)
      .map(({ name, each }) => `${each.toFixed(1).padStart(9)} ${name}`);
  let all = 0;
  for (const count of calls.values()) all += count;
  return [`${Math.round(all / times)} calls of functions a call`, ...lines(calls, 60), ...lines(resources, 20)].join(
    '\n',
  );
}
