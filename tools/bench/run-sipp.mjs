import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedTo } from './pinned-to.mjs';
import { readMessageTimes } from './read-message-times.mjs';

const scenario = (name) => fileURLToPath(new URL(`./scenarios/${name}.xml`, import.meta.url));

/**
 * Starts one SIPp scenario.
 *
 * @param {string} name file in `scenarios/`
 * @param {{ server: string, domain: string, address?: string, port: number, mediaPort: number, fields?: string[][],
 *   rate?: number, count?: number, holdMs?: number, timeoutSeconds?: number, core?: string }} options `address`: its own;
 *   `fields`: one row for each call, in turn
 * @returns {{ result: Promise<{ code: number | null, times: ReturnType<typeof readMessageTimes> }>, stop: () => void }}
 */
export function runSipp(name, options) {
  const { server, domain, address = '127.0.0.1', port, mediaPort, fields, core } = options;
  const { rate = 1, count, holdMs = 0, timeoutSeconds = 60 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'carillon-sipp-'));
  const args = [server, '-sf', scenario(name), '-i', address, '-p', String(port), '-nostdin', '-timer_resol', '1'];
  args.push('-key', 'domain', domain, '-mp', String(mediaPort), '-r', String(rate), '-d', String(holdMs));
  // Otherwise SIPp names its own target there. It knows one text for all calls, so who is called is not in it (RFC 3261 §22.4).
  args.push('-auth_uri', domain);
  // Bursts wait in its sockets, and calls that are late do not keep the next ones from beginning.
  args.push('-buff_size', '4194304', '-l', '60000', '-max_sched_loops', '2000', '-max_recv_loops', '2000');
  args.push('-trace_shortmsg', '-shortmessage_file', 'messages.csv', '-timeout', `${timeoutSeconds}s`);
  if (count !== undefined) args.push('-m', String(count));
  if (fields) {
    writeFileSync(join(folder, 'fields.csv'), `SEQUENTIAL\n${fields.map((row) => `${row.join(';')};`).join('\n')}\n`);
    args.push('-inf', 'fields.csv');
  }
  const command = [...pinnedTo(core), 'sipp', ...args];
  const child = spawn(command[0], command.slice(1), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-2000)));
  const result = new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error('SIPp (Debian package sip-tester) is needed and was not found.')));
    child.once('close', (code) => {
      const messages = join(folder, 'messages.csv');
      if (existsSync(messages)) resolve({ code, times: readMessageTimes(readFileSync(messages, 'utf8')) });
      else reject(new Error(`SIPp did not run its scenario "${name}": ${errors.trim()}`));
      rmSync(folder, { recursive: true, force: true });
    });
  });
  // Whoever awaits the result sees the refusal; until then it must not count as unhandled.
  result.catch(() => undefined);
  return { result, stop: () => child.kill('SIGKILL') };
}
