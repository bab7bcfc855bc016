import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { camelCase } from './names.mjs';

const CONTRACTS = 'libs/core/contracts/src';

/**
 * Adds an entry to the map of contracts that holds the others of its noun (`callCommands` for `call.*`), or begins a
 * file and a map for a noun that has none.
 *
 * @param {string} workspace
 * @param {{ name: string, noun: string, kind: 'Commands' | 'Events', entry: string, imports: string }} what `entry`:
 *   the value's source text; `imports`: what a new file needs at its top
 * @returns {string[]} the files written, relative to the workspace
 * @throws {Error} if the name is taken
 */
export function addToContracts(workspace, { name, noun, kind, entry, imports }) {
  const folder = join(workspace, CONTRACTS);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'realtime.ts');
  const texts = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  for (const [file, text] of texts) {
    if (text.includes(`'${name}':`)) throw new Error(`${name} exists already, in ${CONTRACTS}/${file}.`);
  }
  const maps = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(new RegExp(`export const (\\w+)${kind} = \\{([\\s\\S]*?)\\n\\} as const;`, 'g'))].map(
      (found) => ({
        file,
        text,
        end: found.index + found[0].length - '} as const;'.length,
        same: found[2].split(`'${noun}.`).length - 1 + (found[1] === camelCase(noun) ? 0.5 : 0),
      }),
    ),
  );
  const [best] = maps.filter(({ same }) => same > 0).sort((a, b) => b.same - a.same);
  const line = `  '${name}': ${entry},\n`;
  if (best) {
    writeFileSync(join(folder, best.file), best.text.slice(0, best.end) + line + best.text.slice(best.end));
    return [`${CONTRACTS}/${best.file}`];
  }
  return beginMap(folder, { noun, kind, line, imports });
}

function beginMap(folder, { noun, kind, line, imports }) {
  const map = `${camelCase(noun)}${kind}`;
  const file = existsSync(join(folder, `${noun}.ts`)) ? `${noun}-${kind.toLowerCase()}.ts` : `${noun}.ts`;
  writeFileSync(join(folder, file), `${imports}\nexport const ${map} = {\n${line}} as const;\n`);
  const indexPath = join(folder, 'index.ts');
  const list = kind === 'Commands' ? 'commands' : 'events';
  const index = readFileSync(indexPath, 'utf8').replace(
    new RegExp(`(export const ${list} = \\{[\\s\\S]*?)(\\n\\} as const;)`),
    `$1\n  ...${map},$2`,
  );
  const name = file.replace(/\.ts$/, '');
  writeFileSync(indexPath, `import { ${map} } from './${name}.js';\n${index}`);
  return [`${CONTRACTS}/${file}`, `${CONTRACTS}/index.ts`];
}
