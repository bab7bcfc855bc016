import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WORKSPACE } from './workspace.mjs';

/**
 * The arguments with which Node runs TypeScript from source, whatever the current directory.
 *
 * @returns {string[]}
 */
export function typescriptArguments() {
  const hooks = join(WORKSPACE, 'node_modules', '@swc-node', 'register', 'esm', 'esm-register.mjs');
  return ['--conditions=@carillon/source', '--import', pathToFileURL(hooks).href, '--no-warnings'];
}

/** @returns {Record<string, string>} what those arguments need in the environment: the compiler options to follow */
export function typescriptEnvironment() {
  return { TS_NODE_PROJECT: join(WORKSPACE, 'tsconfig.json') };
}
