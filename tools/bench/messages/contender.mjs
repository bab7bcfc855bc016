import { MESSAGES } from './messages.mjs';

/**
 * One contender in a process of its own, so that no one's garbage or call sites burden another.
 * In: `{ message, times }`. Out: CPU time of those many jobs, compilers and garbage collectors included.
 */
const { makeJob } = await import(`./contenders/${process.argv[2]}.mjs`);
const jobs = MESSAGES.map(({ octets }) => makeJob(octets));
const BRANCHES = Array.from({ length: 64 }, (_, number) => `z9hG4bK${(number * 2_654_435_761) % 2 ** 32}`);

/** Keeps the results alive, or the engine might leave the work out. */
let total = 0;

process.on('message', ({ message, times, show }) => {
  const job = jobs[message];
  if (show === true) {
    const { out, seen } = job(BRANCHES[0]);
    process.send({ out: typeof out === 'string' ? out : out.toString('utf8'), seen: JSON.stringify(seen) });
    return;
  }
  const before = process.cpuUsage();
  for (let round = 0; round < times; round++) total += job(BRANCHES[round & 63]).out.length;
  const { user, system } = process.cpuUsage(before);
  process.send({ nanoseconds: (user + system) * 1000, total });
});
process.send({ ready: true });
