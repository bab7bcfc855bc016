import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { camelCase, checkKebab, pascalCase } from './names.mjs';

/** What a layer's libs are, and whether they may choose a plane. */
const LAYERS = ['protocol', 'engine', 'core', 'foundation', 'feature'];
const PLANES = ['signalling', 'media', 'neutral'];

/**
 * Adds a lib: package.json with its tags, tsconfig, README, public surface, and a first file with its spec.
 *
 * @param {string} workspace
 * @param {string} path `feature/parking`
 * @param {string} [plane] `neutral` unless told otherwise
 * @returns {{ written: string[], next: string[] }}
 */
export function newLib(workspace, path, plane = 'neutral') {
  const [layer, name, ...more] = path.split('/');
  if (!LAYERS.includes(layer) || !name || more.length > 0) {
    throw new Error(
      `"${path}" is no place for a lib: it is one of ${LAYERS.map((one) => `${one}/<name>`).join(', ')}.`,
    );
  }
  checkKebab(name);
  if (!PLANES.includes(plane)) throw new Error(`There is no plane "${plane}": it is ${PLANES.join(', ')}.`);
  const root = `libs/${layer}/${name}`;
  if (existsSync(join(workspace, root))) throw new Error(`${root} exists already.`);
  const packageName = `@carillon/${name}`;
  if (existsSync(join(workspace, 'node_modules', packageName))) throw new Error(`${packageName} exists already.`);

  const files = layer === 'feature' ? featureFiles(name) : plainFiles(name);
  const all = {
    'package.json': packageJson(packageName, layer, plane),
    'tsconfig.json': `{ "extends": "../../../tsconfig.base.json", "include": ["src"] }\n`,
    'README.md': readme(name, layer),
    ...files,
  };
  mkdirSync(join(workspace, root, 'src'), { recursive: true });
  for (const [file, text] of Object.entries(all)) writeFileSync(join(workspace, root, file), text);
  link(workspace, root, packageName);
  return {
    written: [...Object.keys(all).map((file) => `${root}/${file}`), 'package-lock.json'],
    next: [
      `write its purpose into ${root}/README.md`,
      ...(layer === 'feature' ? [`list ${pascalCase(name)}Module in the app that shall run it`] : []),
      `npx vitest run ${root}`,
    ],
  };
}

function packageJson(name, layer, plane) {
  return `{
  "name": "${name}",
  "version": "0.1.0",
  "private": true,
  "type": "module",
  "exports": { ".": { "@carillon/source": "./src/index.ts", "types": "./src/index.ts", "default": "./src/index.ts" } },
  "nx": { "tags": ["type:${layer}", "plane:${plane}"] }
}
`;
}

function readme(name, layer) {
  const first = layer === 'feature' ? `src/${name}.module.ts` : `src/${name}.ts`;
  return `# ${name}\n\nPurpose in one sentence.\n\n**In**: what comes in. **Out**: what goes out.\n\nReading order: \`${first}\`.\n`;
}

function plainFiles(name) {
  const type = pascalCase(name);
  const make = `describe${type}`;
  return {
    'src/index.ts': `export { ${make} } from './${name}.js';\nexport type { ${type} } from './${name}.js';\n`,
    [`src/${name}.ts`]: `/** The one idea of this file. */
export interface ${type} {
  readonly name: string;
}

/** @returns what people read about it */
export function ${make}(${camelCase(name)}: ${type}): string {
  return \`${name} \${${camelCase(name)}.name}\`;
}
`,
    [`src/${name}.spec.ts`]: `import { expect, it } from 'vitest';
import { ${make} } from './${name}.js';

it('is described by its name', () => {
  expect(${make}({ name: 'first' })).toBe('${name} first');
});
`,
  };
}

function featureFiles(name) {
  const module = `${pascalCase(name)}Module`;
  return {
    'src/index.ts': `export { ${module} } from './${name}.module.js';\n`,
    [`src/${name}.module.ts`]: `import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Bus } from '@carillon/event-bus';
import { Shutdown } from '@carillon/service-runtime';

/** What this feature does, in one sentence. */
@Module({})
export class ${module} implements OnModuleInit {
  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    const { bus } = this;
    const stops: (() => void)[] = [
      bus.subscribe('call.ended', () => undefined),
    ];
    this.shutdown.register('${name}', () => {
      for (const stop of stops) stop();
    });
  }
}
`,
    [`src/${name}.module.spec.ts`]: `import { expect, it } from 'vitest';
import { ${module} } from './index.js';

it('is what an app lists', () => {
  expect(${module}.name).toBe('${module}');
});
`,
  };
}

/** What \`npm install\` would do for a workspace package, without asking the registry. */
function link(workspace, root, packageName) {
  const at = join(workspace, 'node_modules', packageName);
  mkdirSync(join(at, '..'), { recursive: true });
  symlinkSync(relative(join(at, '..'), join(workspace, root)), at, 'dir');
  const lockPath = join(workspace, 'package-lock.json');
  const lock = JSON.parse(readFileSync(lockPath, 'utf8'));
  lock.packages[root] = { name: packageName, version: '0.1.0' };
  lock.packages[`node_modules/${packageName}`] = { resolved: root, link: true };
  const [top, ...others] = Object.keys(lock.packages);
  const order = [top, ...others.sort((a, b) => a.localeCompare(b, 'en'))];
  lock.packages = Object.fromEntries(order.map((key) => [key, lock.packages[key]]));
  writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`);
}
