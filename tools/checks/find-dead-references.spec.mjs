import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WORKSPACE } from '../start/workspace.mjs';
import { findDeadReferences } from './find-dead-references.mjs';

let root;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'carillon-documents-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Plants documents beside files whose names alone matter, and returns what is said of them. */
function look(documents, others = []) {
  for (const [file, text] of Object.entries(documents)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return findDeadReferences(root, [...Object.keys(documents), ...others]);
}

describe('what a document refers to', () => {
  it('by link is a file, with the heading that is named', () => {
    const said = look({
      'README.md': '[a](docs/a.md) [b](docs/b.md) [c](docs/a.md#why-so) [d](docs/a.md#how) [e](https://x.example/y)',
      'docs/a.md': '# Why, so?\n\n[back](../README.md)',
    });
    expect(said).toEqual(['README.md: docs/b.md', 'README.md: docs/a.md#how']);
  });

  it('by name is a file, whatever folders it leaves out', () => {
    const others = ['libs/feature/signalling/src/call/actions/fork.ts', 'libs/x/src/one.ts', 'libs/x/src/two.ts'];
    const text = '`call/actions/fork.ts` `signalling/fork.ts` `fork.ts` `{one,two}.ts` `inbound/fork.ts` `spoon.ts`';
    expect(look({ 'docs/flows/call.md': text }, others)).toEqual([
      'docs/flows/call.md: inbound/fork.ts',
      'docs/flows/call.md: spoon.ts',
    ]);
  });

  it('as what shows conformance is a spec, of the library that is named', () => {
    const others = [
      'libs/engine/sip-stack/src/dialog/dialog.spec.ts',
      'libs/feature/signalling/src/ladder/hep/hep-sender.int.spec.ts',
      'apps/e2e/src/roles.e2e.ts',
      'apps/e2e/src/harness/phones.ts',
    ];
    const row = '| 3261 | §12 | x | dialog/dialog.spec, signalling/ladder/hep specs, roles.e2e (Kamailio), ';
    const conformance = `${row}session/dialog.spec, signalling/border specs, phones.e2e | – |\n`;
    expect(look({ 'docs/conformance.md': conformance }, others)).toEqual([
      'docs/conformance.md: session/dialog.spec',
      'docs/conformance.md: signalling/border/',
      'docs/conformance.md: phones.e2e',
    ]);
  });
});

it('everything that the documents of this checkout refer to is there', () => {
  const files = ['apps', 'docs', 'libs', 'tools'].flatMap((folder) => filesBelow(folder));
  expect(findDeadReferences(WORKSPACE, [...files, 'README.md', 'CHANGELOG.md'])).toEqual([]);
});

function filesBelow(folder) {
  return readdirSync(join(WORKSPACE, folder), { withFileTypes: true }).flatMap((entry) => {
    if (/^(node_modules|dist|dist-building|generated|\.vite)$/.test(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
