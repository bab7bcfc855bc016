import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { WORKSPACE } from '../start/workspace.mjs';
import { addCounts, noCounts } from './counts.mjs';
import { runCheck } from './run-check.mjs';

const COMPILER = join(WORKSPACE, 'node_modules', 'typescript7', 'bin', 'tsc');
const PROJECT_FOLDERS = ['libs/protocol', 'libs/engine', 'libs/core', 'libs/foundation', 'libs/feature', 'apps'];

/** The types of each project, one after another (the compiler itself uses all cores). */
export async function types() {
  let counts = noCounts();
  for (const project of projectsWithSources()) {
    const args = [COMPILER, '--pretty', 'false', '-p', join(project, 'tsconfig.json')];
    counts = addCounts(counts, await runCheck(`types of ${project}`, process.execPath, args));
  }
  return counts;
}

function projectsWithSources() {
  return PROJECT_FOLDERS.filter((folder) => existsSync(join(WORKSPACE, folder))).flatMap((folder) =>
    readdirSync(join(WORKSPACE, folder))
      .map((name) => `${folder}/${name}`)
      .filter((project) => existsSync(join(WORKSPACE, project, 'tsconfig.json')))
      .filter((project) => existsSync(join(WORKSPACE, project, 'src'))),
  );
}
