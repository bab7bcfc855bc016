import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findViolations } from './find-violations.mjs';
import { readImports } from './read-imports.mjs';

const project = (root, ...tags) => ({ name: `@carillon/${root.split('/').at(-1)}`, root, tags });
const PROJECTS = [
  project('apps/all-in-one', 'type:app', 'plane:any'),
  project('apps/web', 'type:web', 'plane:neutral'),
  project('apps/e2e', 'type:e2e', 'plane:any'),
  project('libs/protocol/sip-message', 'type:protocol', 'plane:signalling'),
  project('libs/protocol/rtp', 'type:protocol', 'plane:media'),
  project('libs/protocol/sdp', 'type:protocol', 'plane:neutral', 'body:sdp'),
  project('libs/engine/sip-stack', 'type:engine', 'plane:signalling'),
  project('libs/engine/media-engine', 'type:engine', 'plane:media'),
  project('libs/core/contracts', 'type:core', 'plane:neutral'),
  project('libs/core/domain', 'type:core', 'plane:neutral'),
  { ...project('libs/foundation/database', 'type:foundation', 'plane:neutral'), exports: ['.', './testing'] },
  project('libs/foundation/event-bus', 'type:foundation', 'plane:neutral'),
  project('libs/feature/signalling', 'type:feature', 'plane:signalling'),
  project('libs/feature/media-plane', 'type:feature', 'plane:media'),
  project('libs/feature/conferencing', 'type:feature', 'plane:neutral'),
];

let workspace;
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

/** Plants one file in a workspace made for it and returns what the check says. */
function check(file, source) {
  workspace = mkdtempSync(join(tmpdir(), 'boundaries '));
  for (const { root } of PROJECTS) mkdirSync(join(workspace, root, 'src'), { recursive: true });
  mkdirSync(dirname(join(workspace, file)), { recursive: true });
  writeFileSync(join(workspace, file), source);
  return findViolations(
    PROJECTS,
    PROJECTS.flatMap((one) => readImports(workspace, one, PROJECTS)),
  );
}

describe('module boundaries', () => {
  it.each([
    ['app -> feature', 'apps/all-in-one/src/a.ts', '@carillon/signalling'],
    ['app -> foundation', 'apps/all-in-one/src/a.ts', '@carillon/database'],
    ['feature -> engine of its plane', 'libs/feature/signalling/src/a.ts', '@carillon/sip-stack'],
    ['feature -> foundation', 'libs/feature/conferencing/src/a.ts', '@carillon/event-bus'],
    ['engine -> protocol', 'libs/engine/media-engine/src/a.ts', '@carillon/rtp'],
    ['core -> core', 'libs/core/contracts/src/a.ts', '@carillon/domain'],
    ['web -> core', 'apps/web/src/a.tsx', '@carillon/contracts'],
    ['web -> react', 'apps/web/src/a.tsx', 'react'],
    ['owner -> its package', 'libs/engine/media-engine/src/a.ts', 'mediasoup'],
    ['owner -> its scope', 'libs/foundation/database/src/a.ts', '@prisma/client/runtime/client'],
    ['feature -> nest', 'libs/feature/signalling/src/a.ts', '@nestjs/common'],
    ['engine -> node', 'libs/engine/sip-stack/src/a.ts', 'node:dgram'],
    ['a spec of core -> node', 'libs/core/domain/src/a.spec.ts', 'node:fs'],
    ['a spec -> test support', 'libs/feature/conferencing/src/a.int.spec.ts', '@carillon/database/testing'],
    ['a helper of specs -> test support', 'libs/feature/conferencing/src/testing/a.ts', '@carillon/database/testing'],
    ['mediasoup-client is not mediasoup', 'apps/web/src/a.ts', 'mediasoup-client'],
  ])('lets %s pass', (_, file, specifier) => {
    expect(check(file, `import '${specifier}';\n`)).toEqual([]);
  });

  it.each([
    ['app -> engine', 'apps/all-in-one/src/a.ts', '@carillon/sip-stack'],
    ['app -> protocol', 'apps/all-in-one/src/a.ts', '@carillon/sdp'],
    ['feature -> feature', 'libs/feature/conferencing/src/a.ts', '@carillon/signalling'],
    ['feature -> app', 'libs/feature/conferencing/src/a.ts', '@carillon/all-in-one'],
    ['foundation -> feature', 'libs/foundation/database/src/a.ts', '@carillon/conferencing'],
    ['foundation -> engine', 'libs/foundation/event-bus/src/a.ts', '@carillon/sip-stack'],
    ['engine -> core', 'libs/engine/sip-stack/src/a.ts', '@carillon/contracts'],
    ['engine -> foundation', 'libs/engine/sip-stack/src/a.ts', '@carillon/event-bus'],
    ['core -> protocol', 'libs/core/domain/src/a.ts', '@carillon/sdp'],
    ['protocol -> protocol', 'libs/protocol/sip-message/src/a.ts', '@carillon/sdp'],
    ['protocol -> core', 'libs/protocol/rtp/src/a.ts', '@carillon/domain'],
    ['web -> foundation', 'apps/web/src/a.ts', '@carillon/database'],
    ['web -> protocol', 'apps/web/src/a.ts', '@carillon/sdp'],
    ['end-to-end tests -> our SIP parser', 'apps/e2e/src/a.e2e.ts', '@carillon/sip-message'],
    ['end-to-end tests -> our SIP stack', 'apps/e2e/src/a.e2e.ts', '@carillon/sip-stack'],
    ['signalling -> media protocol', 'libs/feature/signalling/src/a.ts', '@carillon/rtp'],
    ['signalling -> media engine', 'libs/feature/signalling/src/a.ts', '@carillon/media-engine'],
    ['media -> SIP', 'libs/feature/media-plane/src/a.ts', '@carillon/sip-stack'],
    ['neutral -> SIP', 'libs/feature/conferencing/src/a.ts', '@carillon/sip-stack'],
    ['neutral -> media engine', 'libs/feature/conferencing/src/a.ts', '@carillon/media-engine'],
    ['SIP engine -> SDP', 'libs/engine/sip-stack/src/a.ts', '@carillon/sdp'],
    ['mediasoup outside its owner', 'libs/feature/media-plane/src/a.ts', 'mediasoup'],
    ['a type of mediasoup outside its owner', 'libs/feature/media-plane/src/a.ts', 'mediasoup/types'],
    ['prisma outside its owner', 'libs/feature/conferencing/src/a.ts', '@prisma/client'],
    ['pg outside its owner', 'apps/all-in-one/src/a.ts', 'pg'],
    ['NATS outside its owner', 'libs/feature/conferencing/src/a.ts', '@nats-io/jetstream'],
    ['nest in a protocol', 'libs/protocol/rtp/src/a.ts', '@nestjs/common'],
    ['nest in an engine', 'libs/engine/media-engine/src/a.ts', '@nestjs/common'],
    ['nest in core', 'libs/core/contracts/src/a.ts', '@nestjs/common'],
    ['nest in the web app', 'apps/web/src/a.ts', '@nestjs/common'],
    ['react outside the web app', 'libs/feature/conferencing/src/a.ts', 'react'],
    ['react-dom outside the web app', 'libs/core/domain/src/a.ts', 'react-dom/client'],
    ['a socket in a protocol', 'libs/protocol/rtp/src/a.ts', 'node:dgram'],
    ['a socket in a protocol, old spelling', 'libs/protocol/rtp/src/a.ts', 'net'],
    ['node in core', 'libs/core/domain/src/a.ts', 'node:fs'],
    ['a deep import', 'libs/feature/conferencing/src/a.ts', '@carillon/database/src/schema.js'],
    [
      'a relative path out of the project',
      'libs/feature/conferencing/src/a.ts',
      '../../../foundation/database/src/x.js',
    ],
    ['a package of ours that does not exist', 'apps/web/src/a.ts', '@carillon/utils'],
    ['a project that imports itself by name', 'libs/core/domain/src/a.ts', '@carillon/domain'],
  ])('refuses %s', (_, file, specifier) => {
    expect(check(file, `import '${specifier}';\n`)).not.toEqual([]);
  });

  it.each([
    ['type-only imports', "import type { X } from '@carillon/database';"],
    ['re-exports', "export * from '@carillon/database';"],
    ['dynamic imports', "const x = await import('@carillon/database');"],
    ['import types', "type X = import('@carillon/database').X;"],
  ])('sees %s', (_, source) => {
    expect(check('libs/core/contracts/src/a.ts', source)).toHaveLength(1);
  });

  it('names the file and the line', () => {
    const [violation] = check('libs/feature/conferencing/src/deep/a.ts', "\n\nimport '@carillon/signalling';\n");
    expect(violation).toMatch(
      /^libs\/feature\/conferencing\/src\/deep\/a\.ts:3 .*may not import @carillon\/signalling/,
    );
  });

  it('wants tags on every project', () => {
    workspace = '';
    expect(findViolations([project('libs/feature/new')], [])).toHaveLength(2);
  });
});
