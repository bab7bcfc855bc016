import { cpus } from 'node:os';

const FIGURES = [
  ['REGISTER to 200', (result) => result.registrations.toRegistered],
  ['INVITE to 180', (result) => result.calls.toRinging],
  ['INVITE to 200', (result) => result.calls.toAnswer],
];

/**
 * @param {Awaited<ReturnType<import('./measure.mjs').measure>>[]} results Carillon first
 * @param {{ callRate: number, registerRate: number, seconds: number, holdMs: number }} load
 * @returns {string} Markdown
 */
export function report(results, load) {
  const lines = [
    `${load.callRate} calls/s held ${load.holdMs} ms and ${load.registerRate} registrations/s, ${load.seconds} s each, ` +
      `on ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}) shared with SIPp.`,
    '',
    '| server | what | done | p50 ms | p95 ms | p99 ms | max ms | CPU ms each |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const result of results) {
    for (const [what, figure] of FIGURES) {
      const counts = what.startsWith('REGISTER') ? result.registrations : result.calls;
      const times = figure(result);
      const cells = times
        ? [times.p50, times.p95, times.p99, times.max].map((ms) => ms.toFixed(1))
        : ['–', '–', '–', '–'];
      const done = `${counts.completed} of ${counts.begun}`;
      lines.push(`| ${[result.server, what, done, ...cells, counts.cpuMsEach.toFixed(2)].join(' | ')} |`);
    }
    lines.push(`| ${result.server} | retransmissions | ${result.calls.retransmissions} | | | | | |`);
  }
  return [...lines, ...ratios(results)].join('\n');
}

/**
 * @param {Awaited<ReturnType<import('./measure.mjs').climb>>[]} results Carillon first
 * @returns {string} Markdown
 */
export function reportClimb(results) {
  const lines = [
    '| server | calls/s asked | done | sent again | holds | to 180 p50 ms | p99 ms | CPU ms each |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const { server, steps } of results) {
    for (const { callRate, begun, completed, retransmissions, holds, toRinging, cpuMsEach } of steps) {
      const times = toRinging ? [toRinging.p50, toRinging.p99].map((ms) => ms.toFixed(1)) : ['–', '–'];
      const counts = [callRate, `${completed} of ${begun}`, retransmissions, holds ? 'yes' : 'no'];
      lines.push(`| ${[server, ...counts, ...times, cpuMsEach.toFixed(2)].join(' | ')} |`);
    }
  }
  const best = results.map(({ server, best: rate }) => `${server} holds ${rate} calls/s`).join(', ');
  const [ours, theirs] = results;
  const ratio = results.length === 2 && theirs.best > 0 ? `: ${(ours.best / theirs.best).toFixed(2)} ×` : '';
  return [...lines, '', `${best}${ratio}`].join('\n');
}

/**
 * @param {Awaited<ReturnType<import('./measure.mjs').climb>>[]} results bridged calls, proxied ones, bridged ones again
 * @returns {string} how many of the one go on what the others take
 */
export function reportBeside([before, proxied, after]) {
  const lines = [before, after].map((bridged, turn) => {
    const calls = `${bridged.best} of ${proxied.best} calls/s: ${over(bridged.best, proxied.best)} ×`;
    const [ours, theirs] = [cpuAtBest(bridged), cpuAtBest(proxied)];
    const cpu = `CPU of a call ${ours.toFixed(2)} of ${theirs.toFixed(2)} ms: ${over(ours, theirs)} ×`;
    return `Bridged / proxied, ${turn === 0 ? 'before' : 'after'}: ${calls}; ${cpu}`;
  });
  const mean = over((before.best + after.best) / 2, proxied.best);
  return [...lines, `Bridged / proxied, mean: ${mean} ×`].join('\n');
}

const over = (one, other) => (other > 0 ? (one / other).toFixed(3) : '–');

const cpuAtBest = ({ steps, best }) => steps.find(({ callRate }) => callRate === best)?.cpuMsEach ?? 0;

function ratios([ours, ...others]) {
  return others.flatMap((other) =>
    FIGURES.flatMap(([what, figure]) => {
      const [a, b] = [figure(ours), figure(other)];
      if (!a || !b) return [];
      return [`${what}: ${ours.server} takes ${(a.p50 / b.p50).toFixed(1)} times as long as ${other.server} (median)`];
    }),
  );
}
