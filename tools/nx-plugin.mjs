// Gives every project the tasks that its files ask for, so that no project lists them itself:
// lint, types, test (unit, or the web app's component tests), integration, e2e and build.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createNodesFromFiles } from '@nx/devkit';

export const name = 'carillon-tasks';

const INPUTS = ['default', '^production'];

/** @returns {boolean} whether any file below `folder` ends with `suffix` */
function holds(folder, suffix) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith(suffix));
}

function tasksOf(root, workspaceRoot) {
  const at = join(workspaceRoot, root);
  const src = join(at, 'src');
  const task = (command, more = {}) => ({
    command,
    cache: true,
    inputs: INPUTS,
    options: { cwd: '{workspaceRoot}' },
    ...more,
  });
  const vitest = (project) => task(`npx vitest run --project ${project} ${root}`);
  const tasks = {
    lint: task(`npx oxlint --type-aware ${root}`),
    types: task(`node node_modules/typescript7/bin/tsc -p ${root}/tsconfig.json`),
  };
  if (root === 'apps/web') tasks.test = vitest('web');
  else if (holds(src, '.spec.ts')) tasks.test = vitest('unit');
  if (holds(src, '.int.spec.ts')) tasks.integration = vitest('integration');
  if (holds(src, '.e2e.ts')) tasks.e2e = { ...vitest('e2e'), cache: false, parallelism: false };
  if (existsSync(join(at, 'vite.config.ts'))) {
    tasks.build = task('npx vite build', { options: { cwd: root }, outputs: ['{projectRoot}/dist'] });
  }
  return tasks;
}

export const createNodes = [
  '{apps/*,libs/*/*}/tsconfig.json',
  (files, options, context) =>
    createNodesFromFiles(
      (file) => {
        const root = dirname(file);
        return { projects: { [root]: { targets: tasksOf(root, context.workspaceRoot) } } };
      },
      files,
      options,
      context,
    ),
];
export const createNodesV2 = createNodes;
