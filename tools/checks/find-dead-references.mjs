import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A file named in backquotes: `call/actions/fork.ts`, `multi-core/{moved,unfinished}.spec.ts`; not a glob, nor a place of an installation. */
const NAMED_FILE = /`([\w@./{},-]+\.(?:ts|tsx|mjs|cfg|xml|prisma))`/g;
const LINK = /\]\((?!https?:|mailto:)([^)\s]+)\)/g;
/** In the tables of what shows something: `dialog/dialog.spec`, `roles.e2e`, `signalling/ladder specs`. */
const NAMED_SPEC = /(?<![\w`/.-])((?:[\w-]+\/)*(?:[\w.-]+|\{[\w, -]+\}))(?:\.(spec|int|e2e)\b| specs\b)/g;

/**
 * What documents refer to and is not there: links (with their headings), files named in backquotes, and the specs of
 * docs/conformance.md.
 *
 * @param {string} root the checkout
 * @param {readonly string[]} files all of its files, relative
 * @returns {string[]} a line for each, `document: what`
 */
export function findDeadReferences(root, files) {
  const documents = files.filter((file) => file.endsWith('.md') && !file.includes('/vectors/'));
  return documents.flatMap((document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const dead = [...deadLinks(root, document, text), ...deadFiles(text, files)];
    if (document === 'docs/conformance.md') dead.push(...deadSpecs(text, files));
    return dead.map((what) => `${document}: ${what}`);
  });
}

function deadLinks(root, document, text) {
  return [...text.matchAll(LINK)].flatMap(([, target]) => {
    const [path, anchor] = target.split('#');
    const file = path === '' ? document : normalize(join(dirname(document), path));
    if (!existsSync(join(root, file))) return [target];
    if (anchor === undefined || !file.endsWith('.md')) return [];
    const headings = readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.+)$/gm);
    return [...headings].some(([, heading]) => anchorOf(heading) === anchor) ? [] : [target];
  });
}

/** As GitHub makes it. */
const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function deadFiles(text, files) {
  return [...text.matchAll(NAMED_FILE)]
    .flatMap(([, name]) => spellOut(name))
    .filter((name) => !files.some((file) => isMeant(file, name)));
}

function deadSpecs(text, files) {
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.includes('shown by'));
  return rows.flatMap((row) =>
    [...row.matchAll(NAMED_SPEC)]
      .flatMap(([, name, kind]) => spellOut(kind === undefined ? `${name}/` : `${name}.${kind}`))
      .filter((name) => !files.some((file) => isSpec(file) && isMeant(file, name))),
  );
}

const isSpec = (file) => /\.spec\.(ts|tsx|mjs)$|\.e2e\.ts$/.test(file);

/** `a/{b,c}.spec` names two. */
function spellOut(name) {
  const found = /^(.*)\{(.+)\}(.*)$/.exec(name);
  return found === null ? [name] : found[2].split(',').map((one) => `${found[1]}${one.trim()}${found[3]}`);
}

/** Documents leave out folders that say nothing, as `src`: every part that they name is there, in its order, up to the end. */
function isMeant(file, name) {
  const wanted = name
    .replace(/^@carillon\//, '')
    .split('/')
    .filter((part) => part !== '..' && part !== '.');
  const folder = wanted.at(-1) === '';
  const parts = file.split('/');
  const last = parts.at(-1);
  const end = wanted.at(-1);
  if (!folder && last !== end && !last.startsWith(`${end}.`)) return false;
  let at = 0;
  for (const part of wanted.slice(0, -1)) {
    at = parts.indexOf(part, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
