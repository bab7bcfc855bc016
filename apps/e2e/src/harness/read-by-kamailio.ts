import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.js';
import { isBound } from './sipp.js';
import { sleep, until } from './wait.js';

const [KAMAILIO, MODULES] = ['/usr/sbin/kamailio', '/usr/lib/x86_64-linux-gnu/kamailio/modules/'];

/** Whether there is a Kamailio that understands HEP. */
export const hasKamailio = existsSync(KAMAILIO) && existsSync(join(MODULES, 'sipcapture.so'));

/** What a Kamailio as the collector reads out of HEP packets: `method or status, Call-ID, source address, source port`. */
export async function readByKamailio(packets: readonly Buffer[]): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'kamailio-'));
  const port = await freePorts();
  const file = join(directory, 'kamailio.cfg');
  writeFileSync(join(directory, 'version'), 'table_name(str) table_version(int)\nsip_capture:4\n');
  writeFileSync(file, configuration(directory, port));
  const child = spawn(KAMAILIO, ['-f', file, '-DD', '-E', '-m', '32', '-M', '8'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('latin1');
  });
  const over = new Promise((settle) => child.once('exit', settle));
  const socket = createSocket('udp4');
  try {
    const read = (): string[] => [...log.matchAll(/HEP (.*)\n/g)].map((match) => match[1] ?? '');
    // From then on packets wait for it, though it may not read yet.
    await until('Kamailio to listen', () => child.exitCode !== null || isBound(port, 'udp'));
    for (const packet of packets) {
      socket.send(packet, port, '127.0.0.1');
      await sleep(5);
    }
    await until('all packets', () => read().length >= packets.length).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; Kamailio said:\n${log}`, { cause: error });
    });
    return read();
  } finally {
    socket.close();
    child.kill('SIGTERM');
    await over;
    rmSync(directory, { recursive: true, force: true });
  }
}

function configuration(directory: string, port: number): string {
  return `
debug=1
log_stderror=yes
fork=no
children=1
disable_tcp=yes
listen=udp:127.0.0.1:${port}
mpath="${MODULES}"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "db_text.so"
loadmodule "sipcapture.so"
modparam("sipcapture", "db_url", "text://${directory}")
modparam("sipcapture", "hep_capture_on", 1)
request_route {
  xlog("L_ERR", "HEP $rm $ci $si $sp\\n");
  drop;
}
onreply_route {
  xlog("L_ERR", "HEP $rs $ci $si $sp\\n");
  drop;
}
`;
}
