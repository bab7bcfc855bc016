import { cpus, loadavg } from 'node:os';
import { percentiles } from '../percentiles.mjs';
import { MESSAGES } from './messages.mjs';

/**
 * @param {{ name: string, nanoseconds: number[][] }[]} results Carillon first; per message, per round
 * @returns {string} Markdown
 */
export function report(results) {
  const medians = results.map(({ nanoseconds }) => nanoseconds.map((rounds) => percentiles(rounds)?.p50 ?? Number.NaN));
  const ours = medians[0] ?? [];
  const lines = [
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0].toFixed(1)}; CPU time, medians of ${results[0]?.nanoseconds[0]?.length} rounds.`,
    '',
    `| message | octets | ${results.map(({ name }) => `${name} ns | ${name} /s`).join(' | ')} | ${results
      .slice(1)
      .map(({ name }) => `× ${name}`)
      .join(' | ')} |`,
    `| --- | --- | ${results.map(() => '--- | ---').join(' | ')} | ${results
      .slice(1)
      .map(() => '---')
      .join(' | ')} |`,
  ];
  for (const [number, { name, octets }] of MESSAGES.entries()) {
    const each = medians.map((contender) => contender[number]);
    lines.push(row(name, String(octets.length), each, ours[number]));
  }
  const means = medians.map((contender) => geometricMean(contender));
  lines.push(row('geometric mean', '', means, means[0]));
  return lines.join('\n');
}

function row(name, octets, each, ours) {
  const cells = each.flatMap((nanoseconds) => [nanoseconds.toFixed(0), (1e9 / nanoseconds).toFixed(0)]);
  const ratios = each.slice(1).map((nanoseconds) => `**${(nanoseconds / ours).toFixed(1)}**`);
  return `| ${[name, octets, ...cells, ...ratios].join(' | ')} |`;
}

function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
