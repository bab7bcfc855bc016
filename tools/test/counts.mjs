/** @typedef {{ passed: number, failed: number, skipped: number, notes?: string[] }} Counts `notes`: what was skipped and why */

/** @returns {Counts} */
export const noCounts = () => ({ passed: 0, failed: 0, skipped: 0, notes: [] });

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export function addCounts(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    notes: [...(a.notes ?? []), ...(b.notes ?? [])],
  };
}

/** @param {boolean} ok @returns {Counts} one check */
export const oneCheck = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, notes: [] });

/** @param {Counts} counts */
export const countsLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * @param {(Counts & { name: string, seconds: number })[]} results
 * @returns {string} one line for each stage, then what was skipped and why
 */
export function summaryTable(results) {
  const header = row('stage', 'passed', 'failed', 'skipped', 'seconds');
  const lines = results.map((r) => row(r.name, r.passed, r.failed, r.skipped, r.seconds.toFixed(1)));
  const notes = results.flatMap((r) => (r.notes ?? []).map((note) => `! ${r.name}: ${note}`));
  return [header, '─'.repeat(header.length), ...lines, '', ...notes, ...(notes.length > 0 ? [''] : [])].join('\n');
}

function row(name, ...figures) {
  return name.padEnd(14) + figures.map((figure) => String(figure).padStart(10)).join('');
}
