import { join } from 'node:path';
import process from 'node:process';
import { startStep } from '../console/step.mjs';
import { runCommand } from '../system/run-command.mjs';
import { WORKSPACE } from './workspace.mjs';

const GENERATE = join(WORKSPACE, 'libs', 'foundation', 'database', 'prisma', 'generate.mjs');
const SHOW_AFTER_MS = 1200;

/** Generates the Prisma client; its script ends at once if the schema did not change. @throws {Error} its words */
export async function ensurePrismaClient() {
  let step;
  const timer = setTimeout(() => (step = startStep('Generating the Prisma client')), SHOW_AFTER_MS);
  const { code, output } = await runCommand(process.execPath, [GENERATE]);
  clearTimeout(timer);
  if (code !== 0) {
    step?.fail('the generator stopped');
    throw new Error(`The Prisma client could not be generated:\n${output.trim()}`);
  }
  step?.done();
}
