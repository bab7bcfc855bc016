import { readFileSync, readdirSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

const SOURCE_FILE = /\.(ts|tsx|mts|cts)$/;
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'generated', 'coverage']);

/**
 * Every import, re-export, dynamic import and `require` of a project's source files.
 *
 * @param {string} workspaceRoot
 * @param {{ name: string, root: string }} project
 * @param {{ name: string, root: string }[]} projects all of them, to tell whose file or name a specifier is
 * @returns {import('./find-violations.mjs').Import[]}
 */
export function readImports(workspaceRoot, project, projects) {
  const folder = join(workspaceRoot, project.root);
  return sourceFiles(folder).flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const { importedFiles } = ts.preProcessFile(text, true, true);
    return importedFiles.map(({ fileName, pos }) => {
      const specifier = builtinModules.includes(fileName) ? `node:${fileName}` : fileName;
      return {
        project: project.name,
        file: relative(workspaceRoot, path).split(sep).join('/'),
        line: text.slice(0, pos).split('\n').length,
        specifier,
        target: targetOf(specifier, path, workspaceRoot, projects),
      };
    });
  });
}

function sourceFiles(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return SKIPPED_FOLDERS.has(name) ? [] : sourceFiles(path);
    return SOURCE_FILE.test(name) ? [path] : [];
  });
}

function targetOf(specifier, fromFile, workspaceRoot, projects) {
  if (specifier.startsWith('.')) {
    const file = resolve(dirname(fromFile), specifier);
    return projects.find(({ root }) => file.startsWith(join(workspaceRoot, root) + sep))?.name;
  }
  return projects.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))?.name;
}
