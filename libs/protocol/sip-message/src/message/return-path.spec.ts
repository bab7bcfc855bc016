import { describe, expect, it } from 'vitest';
import { parseMessage } from './parse-message.js';
import type { SipMessage } from './sip-message.js';
import { hasOneVia } from './top-via.js';

function withVia(...lines: readonly string[]): SipMessage {
  const vias = lines.map((line) => `Via: ${line}\r\n`).join('');
  const result = parseMessage(
    Buffer.from(`OPTIONS sip:a@example.com SIP/2.0\r\n${vias}CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`),
  );
  if (!result.ok) throw new Error('Not parsed');
  return result.message;
}

describe('the way back that a Via names (RFC 3261 §18.2, RFC 3581)', () => {
  it.each([
    [
      'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport',
      '192.0.2.1',
      5070,
      'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport',
    ],
    ['SIP/2.0/UDP host.example;rport;branch=z9hG4bK1', 'host.example', undefined, 'SIP/2.0/UDP host.example;rport'],
    ['SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1;alias', '192.0.2.1', undefined, undefined],
    ['SIP/2.0/UDP 192.0.2.1:0', '192.0.2.1', 0, undefined],
  ])('is read from octets: %s', (line, host, port, before) => {
    const message = withVia(line, 'SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK0;received=198.51.100.2');
    expect(message.returnPath).toEqual({ host, port, openPort: before?.length ?? -1 });
    expect(message.topVia).toMatchObject({ host, port });
    expect(message.topVia?.parameters.has('rport')).toBe(before !== undefined);
  });

  it.each([
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport=5060',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;RPORT',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport;rport',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport;received=192.0.2.9',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport;Received=192.0.2.9',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;keep',
    'SIP/2.0/UDP 192.0.2.1;maddr=192.0.2.7;branch=z9hG4bK1',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport, SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2',
    'SIP/2.0/UDP 192.0.2.1;x="a;rport";branch=z9hG4bK1',
    'SIP/2.0/UDP 192.0.2.1 ;rport',
    'SIP/2.0/UDP 192.0.2.1;\r\n rport',
    'SIP/2.0/UDP [2001:db8::1]:5060;rport',
    'SIP / 2.0 / UDP 192.0.2.1;rport',
    'SIP/2.0/UDP HOST.example;rport',
    'SIP/2.0/UDP 192.0.2.1:65536;rport',
  ])('is left to the whole parser in any other form: %s', (line) => {
    expect(withVia(line).returnPath).toBeUndefined();
  });
});

it.each([
  [['SIP/2.0/UDP a'], true],
  [['SIP/2.0/UDP a,'], true],
  [['SIP/2.0/UDP a, SIP/2.0/UDP b'], false],
  [['SIP/2.0/UDP a', 'SIP/2.0/UDP b'], false],
  [['SIP/2.0/UDP a', ''], true],
  [[''], false],
  [['\r\n SIP/2.0/UDP a'], true],
  [[], false],
])('one Via is told from none and from several: %j', (lines, one) => {
  const message = withVia(...lines);
  expect(hasOneVia(message)).toBe(one);
  expect(message.values('Via').length === 1).toBe(one);
});
