import {
  ALLOWED_IN_SPECS,
  BANNED_PACKAGES,
  MAY_IMPORT_PLANES,
  MAY_IMPORT_TYPES,
  NEVER,
  OWNED_PACKAGES,
} from './boundary-rules.mjs';

/**
 * @typedef {{ name: string, root: string, tags: string[], exports?: string[] }} Project `exports`: the entries of its
 *   package.json (default `.` alone); `./testing` is for tests
 * @typedef {{ project: string, file: string, line: number, specifier: string, target?: string }} Import
 *   `target` is the project that the specifier leads to, if it is one of ours
 */

/**
 * The module-boundary rules as a pure function of the graph.
 *
 * @param {Project[]} projects
 * @param {Import[]} imports
 * @returns {string[]} one sentence for each violation, with file and line
 */
export function findViolations(projects, imports) {
  const byName = new Map(projects.map((project) => [project.name, project]));
  return [
    ...projects.flatMap(checkTags),
    ...imports.flatMap((found) => {
      const source = byName.get(found.project);
      if (!source) return [];
      const target = found.target === undefined ? undefined : byName.get(found.target);
      const problems = target ? checkProjectImport(source, target, found) : checkPackageImport(source, found);
      return problems.map((problem) => `${found.file}:${found.line} ${problem}`);
    }),
  ];
}

const tagOf = (project, prefix) => project.tags.find((tag) => tag.startsWith(prefix)) ?? '';
const isSpec = (file) => /\.(spec|e2e)\.tsx?$/.test(file);
/** Specs, and what only they use: files in `testing/` and files named `test-…`. */
const isForTests = (file) => isSpec(file) || /\/testing(\/|\.ts$)|\/test-[^/]*\.ts$/.test(file);

function checkTags(project) {
  const problems = [];
  if (!(tagOf(project, 'type:') in MAY_IMPORT_TYPES)) problems.push('needs one known "type:" tag');
  if (!(tagOf(project, 'plane:') in MAY_IMPORT_PLANES)) problems.push('needs one known "plane:" tag');
  return problems.map((problem) => `${project.root}/package.json ${project.name} ${problem}`);
}

function checkProjectImport(source, target, found) {
  const problems = [];
  const isRelative = found.specifier.startsWith('.');
  if (source.name === target.name) {
    if (!isRelative) problems.push(`${source.name} imports itself by name; use a relative path`);
    return problems;
  }
  if (isRelative) problems.push(`reaches into ${target.name} by a relative path; import the package`);
  else problems.push(...checkEntry(target, found));

  const types = [tagOf(source, 'type:'), tagOf(target, 'type:')];
  if (!(MAY_IMPORT_TYPES[types[0]] ?? []).includes(types[1])) {
    problems.push(`${source.name} (${types[0]}) may not import ${target.name} (${types[1]})`);
  }
  const planes = [tagOf(source, 'plane:'), tagOf(target, 'plane:')];
  if (!(MAY_IMPORT_PLANES[planes[0]] ?? []).includes(planes[1])) {
    problems.push(`${source.name} (${planes[0]}) may not import ${target.name} (${planes[1]})`);
  }
  for (const rule of NEVER) {
    if (rule.source.every((tag) => source.tags.includes(tag)) && target.tags.includes(rule.target)) {
      problems.push(`${source.name} (${rule.source.join(', ')}) may not import ${target.name} (${rule.target})`);
    }
  }
  return problems;
}

function checkEntry(target, { specifier, file }) {
  const entry = `.${specifier.slice(target.name.length)}`;
  const entries = target.exports ?? ['.'];
  if (!entries.includes(entry))
    return [`imports "${specifier}"; only ${entries.join(', ')} of ${target.name} is public`];
  return entry === './testing' && !isForTests(file) ? [`imports "${specifier}", which is for tests`] : [];
}

function checkPackageImport(source, { specifier, file }) {
  if (specifier.startsWith('.')) return [];
  if (specifier.startsWith('@carillon/')) return [`imports "${specifier}", which is no project here`];
  for (const { packages, owner } of OWNED_PACKAGES) {
    if (
      source.name !== owner &&
      !source.tags.includes('type:e2e') &&
      packages.some((pattern) => matches(specifier, pattern))
    ) {
      return [`${source.name} may not import "${specifier}"; it belongs to ${owner}`];
    }
  }
  if (isSpec(file) && ALLOWED_IN_SPECS.some((pattern) => matches(specifier, pattern))) return [];
  const type = tagOf(source, 'type:');
  const banned = (BANNED_PACKAGES[type] ?? []).some((pattern) => matches(specifier, pattern));
  return banned ? [`${source.name} (${type}) may not import "${specifier}"`] : [];
}

/** `react` matches `react` and `react/jsx-runtime`; `react-*` any name that starts so; `@nestjs/*` the whole scope. */
function matches(specifier, pattern) {
  if (pattern.endsWith('*')) return specifier.startsWith(pattern.slice(0, -1));
  return specifier === pattern || specifier.startsWith(`${pattern}/`);
}
