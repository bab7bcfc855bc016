import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKSPACE } from '../start/workspace.mjs';
import { runCommand } from '../system/run-command.mjs';
import { newCommand } from './new-command.mjs';
import { newEvent } from './new-event.mjs';
import { newLib } from './new-lib.mjs';

/** A copy of the sources, with packages of its own in node_modules/@carillon and everybody else's linked. */
let workspace;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'carillon generators '));
  for (const path of [
    'libs',
    'tools',
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
    'tsconfig.json',
    'vitest.config.ts',
  ]) {
    cpSync(join(WORKSPACE, path), join(workspace, path), { recursive: true });
  }
  const modules = join(workspace, 'node_modules');
  mkdirSync(join(modules, '@carillon'), { recursive: true });
  for (const name of readdirSync(join(WORKSPACE, 'node_modules'))) {
    if (name !== '@carillon' && name !== '.vite')
      symlinkSync(join(WORKSPACE, 'node_modules', name), join(modules, name));
  }
  for (const layer of readdirSync(join(workspace, 'libs'))) {
    for (const lib of readdirSync(join(workspace, 'libs', layer))) {
      symlinkSync(join('..', '..', 'libs', layer, lib), join(modules, '@carillon', lib));
    }
  }
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

async function expectTypesHold(root) {
  const compiler = join(workspace, 'node_modules', 'typescript7', 'bin', 'tsc');
  const types = await runCommand(process.execPath, [compiler, '-p', join(root, 'tsconfig.json')], { cwd: workspace });
  expect(types.output).toBe('');
}

async function expectSpecsPass(root) {
  const vitest = join(WORKSPACE, 'node_modules', 'vitest', 'vitest.mjs');
  const specs = await runCommand(process.execPath, [vitest, 'run', '--project', 'unit', root], {
    cwd: workspace,
    env: { ...process.env, NODE_OPTIONS: '', VITEST: undefined },
  });
  expect(specs.output).toMatch(/Tests .*passed/);
  expect(specs.code).toBe(0);
}

describe('npm run new', () => {
  it('lib: its types and its spec hold at once, and it is linked and locked', { timeout: 120_000 }, async () => {
    newLib(workspace, 'feature/parking');
    newLib(workspace, 'protocol/gadget', 'media');
    expect(existsSync(join(workspace, 'node_modules/@carillon/parking/package.json'))).toBe(true);
    const lock = JSON.parse(readFileSync(join(workspace, 'package-lock.json'), 'utf8'));
    expect(lock.packages['node_modules/@carillon/gadget']).toEqual({ resolved: 'libs/protocol/gadget', link: true });
    expect(readFileSync(join(workspace, 'libs/protocol/gadget/package.json'), 'utf8')).toContain(
      '["type:protocol", "plane:media"]',
    );
    for (const root of ['libs/feature/parking', 'libs/protocol/gadget']) await expectTypesHold(root);
    await expectSpecsPass('libs/protocol/gadget');
  });

  it('command: contract, handler, spec and module line hold together', { timeout: 120_000 }, async () => {
    const { written } = newCommand(workspace, 'slot.take-over', 'feature/parking');
    expect(written).toContain('libs/core/contracts/src/slot.ts');
    newCommand(workspace, 'slot.free');
    newCommand(workspace, 'call.park', 'feature/parking');
    expect(readFileSync(join(workspace, 'libs/core/contracts/src/call.ts'), 'utf8')).toContain("'call.park': command(");
    const module = readFileSync(join(workspace, 'libs/feature/parking/src/parking.module.ts'), 'utf8');
    expect(module).toContain("bus.handle('slot.free', freeSlot()),");
    await expectTypesHold('libs/feature/parking');
    await expectSpecsPass('libs/feature/parking');
  });

  it('event: goes to its noun', { timeout: 120_000 }, async () => {
    expect(newEvent(workspace, 'call.parked').written).toEqual(['libs/core/contracts/src/call.ts']);
    expect(newEvent(workspace, 'slot.taken').written).toContain('libs/core/contracts/src/slot-events.ts');
    await expectTypesHold('libs/core/contracts');
  });

  it.each([
    ['a place that is none', () => newLib(workspace, 'utils/parking'), /no place for a lib/],
    ['a lib that exists', () => newLib(workspace, 'core/domain'), /exists already/],
    ['a bad name', () => newLib(workspace, 'core/Domain'), /not a name/],
    ['a command that exists', () => newCommand(workspace, 'call.hang-up', 'feature/parking'), /exists already/],
    ['a name without a dot', () => newEvent(workspace, 'parked'), /needs one dot/],
    ['a noun that nobody handles', () => newCommand(workspace, 'moon.land'), /No feature handles/],
  ])('refuses %s with a sentence', (_, act, sentence) => {
    expect(act).toThrow(sentence);
  });
});
