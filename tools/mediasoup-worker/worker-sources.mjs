import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The worker's source files, read from the package's own meson.build files so that an update of mediasoup needs no
 * edit here. Only the few forms that these files use are understood; anything else is an error, not a guess.
 *
 * @param {string} workerDir `node_modules/mediasoup/worker`
 * @returns {string[]} paths relative to `workerDir`
 */
export function workerSources(workerDir) {
  const main = readFileSync(join(workerDir, 'meson.build'), 'utf8');
  const webrtc = readFileSync(join(workerDir, 'deps', 'libwebrtc', 'meson.build'), 'utf8');
  return [
    ...listNamed(main, 'common_sources', '='),
    // These stand under `if not get_option('ms_use_builtin_bwe')`, which is the default.
    ...listNamed(main, 'common_sources', '+='),
    ...listNamed(webrtc, 'libwebrtc_sources', '=').map((file) => `deps/libwebrtc/${file}`),
    'src/main.cpp',
  ];
}

/** All entries of every `name <operator> [ 'a', 'b' ]`. */
function listNamed(meson, name, operator) {
  const pattern = new RegExp(`^\\s*${name} ${operator.replace('+', '\\+')} \\[([^\\]]*)\\]`, 'gm');
  const entries = [...meson.matchAll(pattern)].flatMap(([, body]) => [...body.matchAll(/'([^']+)'/g)].map((m) => m[1]));
  if (entries.length === 0) throw new Error(`mediasoup's meson.build has no list "${name} ${operator} [...]" any more`);
  return entries;
}
