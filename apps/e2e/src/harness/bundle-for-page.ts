import { build } from 'vite';

const bundles = new Map<string, Promise<string>>();

/** A package of npm as one script for a page, which then has it under `globalThis[name]`. @param entry its main file */
export function bundleForPage(entry: string, name: string): Promise<string> {
  const made = bundles.get(entry) ?? bundle(entry, name);
  bundles.set(entry, made);
  return made;
}

async function bundle(entry: string, name: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error(`${name} was not bundled`);
  return `${output.output[0].code};globalThis.${name} = ${name};`;
}
