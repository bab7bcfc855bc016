import type { Flow, TransportProtocol } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { testBinding } from '../testing/binding.js';
import { reachBinding } from './reach-binding.js';

/** A user agent whose only flow is this one. */
function holding(protocol?: TransportProtocol) {
  const flow = protocol === undefined ? undefined : ({ id: `${protocol}:one`, protocol, open: true } as Flow);
  return { addresses: [], flow: (id: string) => (id === flow?.id ? flow : undefined) };
}

const byFlow = (uri: string, protocol: TransportProtocol) =>
  testBinding(`<${uri}>`, { protocol, flowId: `${protocol}:one` });

describe('a phone that registered a sips: contact', () => {
  it.each([
    'a@192.0.2.7:5061;transport=tcp',
    'a@192.0.2.7:5061;transport=tls',
    'a@192.0.2.7?X=y',
    'a@192.0.2.7;transport=tcp?X=y',
    'a@192.0.2.7:5061;',
  ])('is called at %s as it wrote it, over TLS, once its connection is gone', (uri) => {
    const binding = byFlow(`sips:${uri}`, 'tls');
    expect(reachBinding(holding(), binding)).toEqual({ target: `sip:${uri}`, secure: true });
    expect(reachBinding(holding(), binding, true)).toEqual({ target: `sips:${uri}`, secure: true });
  });

  it.each(['tls', 'wss', 'ws', 'tcp'] as const)(
    'is called over the %s connection that it registered by',
    (protocol) => {
      const binding = byFlow('sips:a@phone.invalid', protocol);
      const flow = { id: `${protocol}:one` };
      for (const secure of [false, true])
        expect(reachBinding(holding(protocol), binding, secure)).toMatchObject({
          flow,
          secure: true,
          trustsFlow: true,
        });
    },
  );

  it('is not called over UDP, however its REGISTER came', () => {
    expect(reachBinding(holding('udp'), byFlow('sips:a@192.0.2.7', 'udp'))).toEqual({
      target: 'sip:a@192.0.2.7',
      secure: true,
    });
  });

  it('of a browser is not there without its connection', () => {
    expect(reachBinding(holding(), byFlow('sips:a@phone.invalid;transport=ws', 'ws'))).toBeUndefined();
  });
});

it('a plain contact is called as it is, and not for a sips: URI', () => {
  const binding = byFlow('sip:a@192.0.2.7;transport=tcp', 'tcp');
  expect(reachBinding(holding(), binding)).toEqual({ target: 'sip:a@192.0.2.7;transport=tcp' });
  expect(reachBinding(holding('tcp'), binding)).toMatchObject({ flow: { id: 'tcp:one' } });
  expect(reachBinding(holding('tcp'), binding, true)).toBeUndefined();
});
