import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WORKSPACE } from '../start/workspace.mjs';
import { addCounts, countsLine, noCounts, oneCheck, summaryTable } from './counts.mjs';
import { runVitest } from './run-vitest.mjs';

let folder;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon stage '));
  symlinkSync(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'));
  const project = (name) => `{ test: { name: '${name}', include: ['${name}/*.spec.mjs'] } }`;
  const names = ['good', 'mixed', 'broken', 'loud', 'moody', 'slow'];
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { projects: [${names.map(project).join()}] } };`,
  );
  const spec = (name, text) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'a.spec.mjs'), `import { expect, it } from 'vitest';\n${text}`);
  };
  spec('good', "it('a', () => {}); it('b', () => {});");
  spec('mixed', "it('a', () => {}); it('b', () => { expect(1).toBe(2); }); it.skip('c', () => {}); it.todo('d');");
  spec('broken', "import './not-there.mjs'; it('a', () => {});");
  spec(
    'loud',
    "it('a', () => { setTimeout(() => { throw new Error('outside of a test'); }, 10); }); it('b', () => new Promise((r) => setTimeout(r, 100)));",
  );
  spec('moody', "let tries = 0; it('a', { retry: 1 }, () => { tries += 1; expect(tries).toBe(2); });");
  spec('slow', "it('a', () => new Promise(() => {}), 60000);");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (project, timeoutMs = 60_000) =>
  runVitest([project], { worker: '', timeoutMs, root: folder, output: 'ignore', env: { VITEST: undefined } });

it.each([
  ['good', { passed: 2, failed: 0, skipped: 0 }],
  ['mixed', { passed: 1, failed: 1, skipped: 2 }],
  ['broken', { passed: 0, failed: 1, skipped: 0 }],
  ['loud', { passed: 2, failed: 1, skipped: 0 }],
])('counts a %s project', async (project, counts) => {
  expect(await run(project)).toMatchObject(counts);
});

it('says which tests failed, and what went wrong outside of them', async () => {
  expect((await run('mixed')).notes).toContainEqual(expect.stringMatching(/^failed: .*a\.spec\.mjs > b: .*1 to be 2/));
  expect((await run('broken')).notes).toContainEqual(expect.stringMatching(/^failed: .*not-there/));
  expect((await run('loud')).notes).toContainEqual(expect.stringMatching(/^outside of any test: .*outside of a test/));
});

it('says which tests needed a second try', async () => {
  const { passed, failed, notes } = await run('moody');
  expect({ passed, failed }).toEqual({ passed: 1, failed: 0 });
  expect(notes).toContainEqual(expect.stringMatching(/^passed at the second try: .*a\.spec\.mjs > a/));
});

it('ends a project that hangs, as a failure', async () => {
  const { failed, notes } = await run('slow', 6_000);
  expect(failed).toBe(1);
  expect(notes.join()).toContain('stopped after');
});

it('sums up in one plain line', () => {
  const total = [
    oneCheck(true),
    oneCheck(false),
    { passed: 3, failed: 0, skipped: 2, notes: ['2 skipped in x'] },
  ].reduce(addCounts, noCounts());
  expect(countsLine(total)).toBe('4 passed, 1 failed, 2 skipped');
  expect(summaryTable([{ name: 'lint', ...total, seconds: 1 }])).toContain('! lint: 2 skipped in x');
});
