import type { Certificates } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { listenAddresses, tlsOptions } from './secure-sip.js';

it('listens on both families for ::, and on TLS and WSS where they are wanted', () => {
  const secure = { ports: { sipPort: 5061, wssPort: undefined }, certificates: {} as Certificates };
  expect(listenAddresses({ host: '::', port: 5060 }, secure)).toEqual([
    { protocol: 'udp', host: '0.0.0.0', port: 5060 },
    { protocol: 'udp', host: '::', port: 5060 },
    { protocol: 'tcp', host: '0.0.0.0', port: 5060 },
    { protocol: 'tcp', host: '::', port: 5060 },
    { protocol: 'tls', host: '0.0.0.0', port: 5061 },
    { protocol: 'tls', host: '::', port: 5061 },
  ]);
  expect(listenAddresses({ host: '192.0.2.1', port: 5060 }, undefined)).toHaveLength(2);
});

it('checks servers by the system unless the settings say otherwise', () => {
  const peers = new Map([['old.example', 'insecure' as const]]);
  const certificate = { chain: '', key: '', origin: { kind: 'uploaded' as const, certificateId: 'x' } };
  const { verification } = tlsOptions({ certificates: [certificate], clients: undefined, peers });
  expect(verification?.('Old.example')).toBe('insecure');
  expect(verification?.('other.example')).toBe('verify');
});
