import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPcap } from './build-pcap.js';
import { exampleLadder, exampleMessage, exampleNote } from './example-ladder.js';

const TSHARK = '/usr/bin/tshark';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-pcap-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What tshark reads, checking every checksum. */
function read(bytes: Buffer, ...fields: string[]): string[][] {
  const file = join(folder, 'call.pcap');
  writeFileSync(file, bytes);
  const checks = ['ip.check_checksum', 'udp.check_checksum', 'tcp.check_checksum'].flatMap((name) => [
    '-o',
    `${name}:TRUE`,
  ]);
  const chosen = fields.flatMap((field) => ['-e', field]);
  const output = execFileSync(TSHARK, ['-r', file, ...checks, '-T', 'fields', ...chosen], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

describe.skipIf(!existsSync(TSHARK))('a ladder as a capture file', () => {
  it('is SIP with the right ends, times and checksums to tshark', () => {
    const ladder = exampleLadder([
      exampleMessage({ start: 'INVITE sip:bob@example.org SIP/2.0' }),
      exampleNote('call.routed', 'not a packet'),
      exampleMessage({ start: 'SIP/2.0 180 Ringing', direction: 'out', status: 180, at: 1_700_000_000_250.5 }),
    ]);
    const fields = [
      'ip.src',
      'udp.srcport',
      'ip.dst',
      'udp.dstport',
      'frame.time_epoch',
      'sip.Call-ID',
      'sip.Status-Code',
    ];
    expect(read(buildPcap(ladder), ...fields, 'ip.checksum.status', 'udp.checksum.status')).toEqual([
      ['192.0.2.1', '5060', '192.0.2.9', '16500', '1700000000.000125000', 'leg-a@192.0.2.1', '', '1', '1'],
      ['192.0.2.9', '16500', '192.0.2.1', '5060', '1700000000.250500000', 'leg-a@192.0.2.1', '180', '1', '1'],
    ]);
  });

  it('has IPv6, TCP as one stream, and TLS that can be read', () => {
    const ladder = exampleLadder([
      exampleMessage({ start: 'INVITE sip:bob@example.org SIP/2.0', remote: { address: '2001:db8::1', port: 5060 } }),
      exampleMessage({ start: 'INVITE sip:bob@example.org SIP/2.0', protocol: 'tcp' }),
      exampleMessage({ start: 'SIP/2.0 200 OK', protocol: 'tcp', direction: 'out', status: 200 }),
      exampleMessage({ start: 'ACK sip:bob@example.org SIP/2.0', protocol: 'tcp', method: 'ACK' }),
      exampleMessage({ start: 'BYE sip:bob@example.org SIP/2.0', protocol: 'tls', method: 'BYE', cseq: 2 }),
    ]);
    const rows = read(
      buildPcap(ladder),
      'ipv6.src',
      'tcp.seq',
      'sip.CSeq',
      'udp.checksum.status',
      'tcp.checksum.status',
      'tcp.analysis.flags',
    );
    expect(rows.map(([source, , cseq]) => [source, cseq])).toEqual([
      ['2001:db8::1', '1 INVITE'],
      ['', '1 INVITE'],
      ['', '1 INVITE'],
      ['', '1 ACK'],
      ['', '2 BYE'],
    ]);
    expect(rows.map((row) => row[3] ?? '').filter((status) => status !== '')).toEqual(['1', '1']);
    expect(rows.map((row) => row[4] ?? '').filter((status) => status !== '')).toEqual(['1', '1', '1']);
    expect(rows.map((row) => row[5] ?? '').join('')).toBe('');
  });

  it.each(['udp', 'tcp', 'tls', 'ws', 'wss'])('is SIP on ports that nobody expects it at, from %s', (protocol) => {
    const remote = { address: '2001:db8::1', port: 40_123 };
    const ladder = exampleLadder([
      exampleMessage({ start: 'INVITE sip:bob@example.org SIP/2.0', protocol, remote }),
      exampleMessage({ start: 'SIP/2.0 200 OK', protocol, remote, direction: 'out', status: 200 }),
    ]);
    const rows = read(buildPcap(ladder), 'ipv6.dst', 'sip.CSeq', 'sip.Status-Code');
    expect(rows.map(([, cseq, status]) => [cseq, status])).toEqual([
      ['1 INVITE', ''],
      ['1 INVITE', '200'],
    ]);
  });
});
