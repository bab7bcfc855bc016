import { expect, it } from 'vitest';
import type { SipFlow } from '../transport/sip-flow.js';
import { OwnVias } from './own-vias.js';

/** Only TLS connections say something of their own in our Via. */
const vias = new OwnVias({
  via: (flow, branch, sentBy) => `SIP/2.0/${flow.protocol} ${sentBy};flow=${flow.id};branch=${branch}`,
});
const flow = (protocol: SipFlow['protocol'], id = ''): SipFlow => ({ protocol, id }) as SipFlow;

it('our Via is made once for each transport and address', () => {
  const [udp, tcp] = [flow('udp'), flow('tcp')];
  const first = vias.of(udp, 'p.example', 60);
  expect(first.lines('z9hG4bK1')).toBe('Via: SIP/2.0/udp p.example;flow=;branch=z9hG4bK1\r\nMax-Breadth: 60\r\n');
  expect(vias.of(flow('udp'), 'p.example', 60)).toBe(first);
  expect(vias.of(tcp, 'p.example', 60).lines('')).toContain('SIP/2.0/tcp ');
  expect(vias.of(udp, 'q.example', 60).lines('')).toContain(' q.example;');
  expect(vias.of(udp, 'p.example', 60)).toBe(first);
});

it('a fork says how much of the breadth is its own', () => {
  expect(vias.of(flow('udp'), 'p.example', 30).lines('')).toContain('Max-Breadth: 30\r\n');
  expect(vias.of(flow('udp'), 'p.example', 60).lines('')).toContain('Max-Breadth: 60\r\n');
});

it('each TLS connection has its own', () => {
  const [dialled, taken] = [flow('tls', 'dialled'), flow('tls', 'taken')];
  const first = vias.of(dialled, 'p.example', 60);
  expect(vias.of(taken, 'p.example', 60).lines('')).toContain('flow=taken;');
  expect(vias.of(dialled, 'p.example', 60)).toBe(first);
});

it('addresses that come and go are forgotten', () => {
  const udp = flow('udp');
  const first = vias.of(udp, 'p.example', 60);
  for (let number = 0; number < 64; number++) vias.of(udp, `${number}.example`, 60);
  expect(vias.of(udp, 'p.example', 60)).not.toBe(first);
});
