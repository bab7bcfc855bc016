const HOOKS = new URL('../typescript/register.mjs', import.meta.url);

/**
 * The arguments with which Node runs TypeScript from source, whatever the current directory.
 *
 * @returns {string[]}
 */
export function typescriptArguments() {
  return ['--conditions=@carillon/source', '--import', HOOKS.href, '--no-warnings'];
}
