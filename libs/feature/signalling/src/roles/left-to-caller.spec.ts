import type { RoutedRequest } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../registrar/binding.js';
import { testBinding } from '../testing/binding.js';
import type { CallBetweenPhones } from './choose-role.js';
import { leftToCaller } from './left-to-caller.js';

const PLAIN = testBinding('<sip:bob@10.0.0.1>');
const SIPS = testBinding('<sips:bob@10.0.0.2>', { protocol: 'tls' });
const TLS = testBinding('<sip:bob@10.0.0.3;Transport=TLS>', { protocol: 'tls' });
const BROWSER = testBinding('<sip:bob@x.invalid;transport=ws>', { protocol: 'wss' });

/** Contacts that are left of all these. */
function left(uri: string, protocol: string, bindings: readonly Binding[] = [PLAIN, SIPS, TLS, BROWSER]) {
  const phones = bindings.map((binding) => ({ binding, target: { uri: binding.contactUri } }));
  const routed = { uri, source: { protocol } } as Pick<RoutedRequest, 'uri' | 'source'>;
  return leftToCaller({ phones } as unknown as CallBetweenPhones, routed)?.phones.map(({ binding }) => binding);
}

describe('of the phones of a user', () => {
  it('a caller that has shown no TLS is told of none that needs it (RFC 5630 §5.4)', () => {
    expect(left('sip:bob@a.test', 'udp')).toEqual([PLAIN]);
    expect(left('sip:bob@a.test', 'tcp')).toEqual([PLAIN]);
    expect(left('sip:bob@a.test', 'udp', [SIPS, TLS])).toBeUndefined();
  });

  it('one that has shown it is told of all, but for browsers, which nobody dials', () => {
    expect(left('sip:bob@a.test', 'tls')).toEqual([PLAIN, SIPS, TLS]);
    // A proxy has brought it.
    expect(left('sips:bob@a.test', 'udp', [SIPS])).toEqual([SIPS]);
  });

  it('a browser is told of none: it dials us alone', () => {
    expect(left('sip:bob@a.test', 'wss')).toBeUndefined();
  });
});
