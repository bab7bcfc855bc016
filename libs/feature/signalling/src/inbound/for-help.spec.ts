import { parseUri } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import type { Directory } from '../routing/directory.js';
import { isForHelp } from './for-help.js';

/** `0` leads out, as it does behind most switchboards; 115 is somebody's phone. */
const directory = {
  numbers: new Map([['115', { kind: 'user' }]]),
  trunks: [{ outbound: [{ pattern: '0.', strip: 1, prepend: '' }] }],
} as unknown as Directory;
const asked = (uriText: string) => ({ uriText, uri: parseUri(uriText), to: undefined });

describe('a call for help', () => {
  it.each(['urn:service:sos', 'urn:service:sos.fire', 'sip:112@acme.example', 'sips:9-1-1@192.0.2.1', 'tel:112'])(
    'is %s, of whomever',
    (uri) => {
      expect(isForHelp(asked(uri), undefined)).toBe(true);
      expect(isForHelp(asked(uri), directory)).toBe(true);
    },
  );

  it('is what becomes one on its way out', () => {
    expect(isForHelp(asked('sip:0112@acme.example'), directory)).toBe(true);
    expect(isForHelp(asked('sip:0112@acme.example'), undefined)).toBe(false);
  });

  it.each(['sip:115@acme.example', 'sip:0115550199@acme.example', 'sip:112112@acme.example', 'urn:service:counseling'])(
    'is not %s',
    (uri) => {
      expect(isForHelp(asked(uri), directory)).toBe(false);
    },
  );
});
