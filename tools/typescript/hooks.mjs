// Node's module hooks for TypeScript: `./x.js` finds `./x.ts`, and its text goes through SWC.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const TYPESCRIPT = /\.(ts|tsx|mts)$/;

/**
 * Decorators keep their types (`emitDecoratorMetadata`): Nest's injection reads them, which is why Node's own type
 * stripping and esbuild would not do. The rest is what tsconfig.base.json says.
 */
const SWC_OPTIONS = {
  module: { type: 'es6' },
  sourceMaps: 'inline',
  inlineSourcesContent: false,
  swcrc: false,
  configFile: false,
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
  },
};

/** Imports name the file that would be emitted, `./x.js`; only the source is there. */
export async function resolve(specifier, context, next) {
  if (/^\.\.?\//.test(specifier) && specifier.endsWith('.js') && TYPESCRIPT.test(pathOf(context.parentURL))) {
    const source = specifier.replace(/\.js$/, '.ts');
    if (existsSync(new URL(source, context.parentURL))) return next(source, context);
  }
  return next(specifier, context);
}

const pathOf = (url) => (url?.startsWith('file:') ? new URL(url).pathname : '');

export async function load(url, context, next) {
  if (!TYPESCRIPT.test(pathOf(url))) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { ...SWC_OPTIONS, filename });
  return { format: 'module', source: code, shortCircuit: true };
}
