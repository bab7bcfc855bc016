import process from 'node:process';
import { prepare } from '../start/prepare.mjs';
import { addCounts, countsLine, noCounts, summaryTable } from './counts.mjs';
import { e2e } from './stage-e2e.mjs';
import { integration } from './stage-integration.mjs';
import { lint } from './stage-lint.mjs';
import { types } from './stage-types.mjs';
import { unit } from './stage-unit.mjs';

/** The stages, in the order in which they run. Each runs even if an earlier one failed, so that all is reported. */
const STAGES = { lint, types, unit, integration, e2e };

/**
 * Runs the named stages (all, if none is named), prints a table and, as the last line,
 * `N passed, N failed, N skipped`. Exit code 1 on any failure.
 *
 * @param {string[]} names
 */
export async function runStages(names) {
  const unknown = names.filter((name) => !(name in STAGES));
  if (unknown.length > 0) {
    console.error(`There is no stage "${unknown.join('", "')}". The stages are ${Object.keys(STAGES).join(', ')}.`);
    process.exitCode = 1;
    return;
  }
  const wanted = Object.keys(STAGES).filter((name) => names.length === 0 || names.includes(name));
  let context;
  try {
    context = await prepare({ web: wanted.includes('e2e') });
  } catch (error) {
    console.error(`\nThe tests could not be prepared. ${error.message}`);
    console.log(countsLine({ passed: 0, failed: 1, skipped: 0 }));
    process.exitCode = 1;
    return;
  }
  const results = [];
  for (const name of wanted) {
    console.log(`\n━━ ${name} ${'━'.repeat(Math.max(0, 76 - name.length))}`);
    const startedAt = Date.now();
    const result = await STAGES[name](context);
    results.push({ name, ...result, seconds: (Date.now() - startedAt) / 1000 });
  }
  const total = results.reduce((sum, result) => addCounts(sum, result), noCounts());
  console.log(`\n${summaryTable(results)}`);
  console.log(countsLine(total));
  process.exitCode = total.failed === 0 ? 0 : 1;
}
