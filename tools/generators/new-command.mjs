import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addToContracts } from './contract-map.mjs';
import { camelCase, splitDotted } from './names.mjs';

const IMPORTS = `import { OrganisationId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome } from './outcome.js';
`;

/**
 * Adds a command: its schemas in the contracts, a handler with a spec in the feature, and the line in the feature's
 * module that hands the one to the other.
 *
 * @param {string} workspace
 * @param {string} name `call.park`
 * @param {string} [feature] `feature/signalling`; unless given, the feature that handles most commands of this noun
 * @returns {{ written: string[], next: string[] }}
 */
export function newCommand(workspace, name, feature) {
  const { noun, verb } = splitDotted(name, 'call.park');
  const root = feature ? `libs/${feature}` : featureOf(workspace, noun);
  const module = moduleOf(workspace, root);
  const file = `${verb}-${noun}`;
  if (existsSync(join(workspace, root, 'src', `${file}.ts`))) throw new Error(`${root}/src/${file}.ts exists already.`);

  const entry = 'command(z.object({ organisationId: OrganisationId }), outcome({}))';
  const written = addToContracts(workspace, { name, noun, kind: 'Commands', entry, imports: IMPORTS });
  writeFileSync(join(workspace, root, 'src', `${file}.ts`), handler(name, camelCase(file)));
  writeFileSync(join(workspace, root, 'src', `${file}.spec.ts`), spec(name, file));
  writeFileSync(join(workspace, module), withHandler(readFileSync(join(workspace, module), 'utf8'), { name, file }));
  written.push(`${root}/src/${file}.ts`, `${root}/src/${file}.spec.ts`, module);
  return {
    written,
    next: [`say what ${name} takes and answers, in ${written[0]}`, `make ${root}/src/${file}.ts do it`],
  };
}

function featureOf(workspace, noun) {
  const folder = join(workspace, 'libs', 'feature');
  const counted = readdirSync(folder)
    .map((name) => ({ name, count: handled(join(folder, name, 'src'), noun) }))
    .sort((a, b) => b.count - a.count);
  if (!counted[0] || counted[0].count === 0) {
    throw new Error(
      `No feature handles a command of "${noun}" yet: name one, e.g. npm run new command ${noun}.do feature/…`,
    );
  }
  return `libs/feature/${counted[0].name}`;
}

function handled(src, noun) {
  if (!existsSync(src)) return 0;
  return readdirSync(src, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .reduce((sum, file) => sum + readFileSync(join(src, file), 'utf8').split(`.handle('${noun}.`).length - 1, 0);
}

/** @throws {Error} if the feature has no module with a list of what it handles */
function moduleOf(workspace, root) {
  const src = join(workspace, root, 'src');
  const file = existsSync(src) && readdirSync(src).find((name) => name.endsWith('.module.ts'));
  if (!file) throw new Error(`${root} has no src/*.module.ts.`);
  if (!/^\s*(const stops|bus\.(handle|subscribe)\()/m.test(readFileSync(join(src, file), 'utf8'))) {
    throw new Error(`${root}/src/${file} has no list "const stops = [ bus.handle(…) ]" to add to.`);
  }
  return `${root}/src/${file}`;
}

function withHandler(module, { name, file }) {
  const call = `bus.handle('${name}', ${camelCase(file)}()),`;
  const lines = module.split('\n');
  const lastImport = lines.findLastIndex((line) => /^(import|\} from) /.test(line));
  lines.splice(lastImport + 1, 0, `import { ${camelCase(file)} } from './${file}.js';`);
  const lastHandle = lines.findLastIndex((line) => /^\s*bus\.(handle|subscribe)\(.*\),$/.test(line));
  const list = lines.findIndex((line) => /const stops.*\[$/.test(line));
  const indent = lastHandle >= 0 ? /^\s*/.exec(lines[lastHandle])[0] : '      ';
  lines.splice((lastHandle >= 0 ? lastHandle : list) + 1, 0, `${indent}${call}`);
  return lines.join('\n');
}

function handler(name, fn) {
  return `import type { CommandHandler } from '@carillon/event-bus';

/** What it does, and which refusals it has. */
export function ${fn}(): CommandHandler<'${name}'> {
  return () => ({ ok: false, code: '${refusal(name)}' });
}
`;
}

function spec(name, file) {
  return `import { createMemoryBus } from '@carillon/event-bus';
import { expect, it } from 'vitest';
import { ${camelCase(file)} } from './${file}.js';

it('answers ${name}', async () => {
  const bus = createMemoryBus();
  bus.handle('${name}', ${camelCase(file)}());
  const answer = await bus.call('${name}', { organisationId: '01890000-0000-7000-8000-000000000001' });
  expect(answer).toMatchObject({ ok: false, code: '${refusal(name)}' });
});
`;
}

const refusal = (name) => `${name.split('.')[0].toUpperCase().replaceAll('-', '_')}.NOT_SUPPORTED`;
