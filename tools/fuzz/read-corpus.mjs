import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const LARGEST_FILE = 20_000_000;
const LARGEST_INPUT = 65_536;
const CAPTURE = new Set(['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', '0a0d0d0a']);

/**
 * Every file below the folders; of captures and documents, the messages inside.
 *
 * @param {string[]} folders
 * @returns {Promise<Buffer[]>}
 */
export async function readCorpus(folders) {
  const inputs = [];
  for (const path of folders) {
    const entries = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true }) : [''];
    for (const entry of entries) {
      const file = join(path, entry);
      const { size } = await stat(file);
      if (!(await stat(file)).isFile() || size > LARGEST_FILE) continue;
      inputs.push(...inputsOf(await readFile(file), file));
    }
  }
  return inputs.filter((bytes) => bytes.length > 0 && bytes.length <= LARGEST_INPUT);
}

function inputsOf(bytes, file) {
  if (file.endsWith('.md')) return fencedBlocks(bytes);
  if (CAPTURE.has(bytes.toString('hex', 0, 4))) return messagesIn(bytes);
  return [bytes];
}

function fencedBlocks(bytes) {
  const blocks = [...bytes.toString('utf8').matchAll(/^```\w*\n([^]*?)```/gm)];
  return blocks.map((block) => Buffer.from((block[1] ?? '').replace(/\r?\n/g, '\r\n')));
}

/** Where a start line begins, up to where the next one does: good enough for seeds, whatever the link layer. */
function messagesIn(bytes) {
  const text = bytes.toString('latin1');
  const starts = [...text.matchAll(/(?:SIP\/2\.0 \d{3} |[A-Z]{3,10} sips?:)/g)].map((found) => found.index);
  return starts.map((start, at) => bytes.subarray(start, Math.min(starts[at + 1] ?? bytes.length, start + 4_096)));
}
