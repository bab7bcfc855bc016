import { join } from 'node:path';
import process from 'node:process';
import { WORKSPACE } from '../start/workspace.mjs';
import { addCounts } from './counts.mjs';
import { runCheck } from './run-check.mjs';

const bin = (name) => join(WORKSPACE, 'node_modules', '.bin', name);

/** Rules of the language, of the module boundaries and of the layout of the text. */
export async function lint() {
  const rules = await runCheck('oxlint', bin('oxlint'), ['--type-aware', 'apps', 'libs', 'tools']);
  const boundaries = await runCheck('module boundaries', process.execPath, [
    join(WORKSPACE, 'tools', 'checks', 'check-boundaries.mjs'),
  ]);
  const format = await runCheck('prettier', bin('prettier'), ['--check', '--log-level', 'warn', '.']);
  return [rules, boundaries, format].reduce(addCounts);
}
