#!/usr/bin/env node
// Fails when a project imports what the architecture does not let it import. Projects and tags come from the Nx graph.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createProjectGraphAsync } from '@nx/devkit';
import { findViolations } from './find-violations.mjs';
import { readImports } from './read-imports.mjs';

process.env.NX_DAEMON ??= 'false';
const workspaceRoot = fileURLToPath(new URL('../../', import.meta.url));
process.chdir(workspaceRoot);

const graph = await createProjectGraphAsync({ exitOnError: true });
const projects = Object.values(graph.nodes).map(({ name, data }) => ({
  name,
  root: data.root,
  tags: data.tags ?? [],
  exports: Object.keys(JSON.parse(readFileSync(join(workspaceRoot, data.root, 'package.json'), 'utf8')).exports ?? {}),
}));
const imports = projects.flatMap((project) => readImports(workspaceRoot, project, projects));

// An edge that Nx knows and our reading of the sources does not (an implicit dependency) must obey the rules, too.
const read = new Set(imports.map(({ project, target }) => `${project} ${target}`));
const nxOnly = Object.values(graph.dependencies)
  .flat()
  .filter(({ source, target }) => graph.nodes[source] && graph.nodes[target] && !read.has(`${source} ${target}`))
  .map(({ source, target }) => ({
    project: source,
    target,
    specifier: target,
    file: graph.nodes[source].data.root,
    line: 1,
  }));

const violations = findViolations(projects, [...imports, ...nxOnly]);
for (const violation of violations) console.error(violation);
console.log(`${violations.length} boundary violations in ${imports.length} imports of ${projects.length} projects`);
process.exit(violations.length === 0 ? 0 : 1);
