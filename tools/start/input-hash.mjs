import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * A hash over the names and contents of files, to see whether something built from them is still fresh.
 *
 * @param {string} root what the names are relative to
 * @param {string[]} paths files and folders below `root`
 * @param {(path: string) => boolean} [isInput] leaves out what does not matter, by path relative to `root`
 * @returns {string} hexadecimal
 */
export function inputHash(root, paths, isInput = () => true) {
  const hash = createHash('sha256');
  const add = (path) => {
    const name = relative(root, path);
    if (!isInput(name)) return;
    if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).sort()) add(join(path, entry));
      return;
    }
    hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  };
  for (const path of paths) add(join(root, path));
  return hash.digest('hex');
}
