import { describe, expect, it } from 'vitest';
import { isSameUri } from './same-uri.js';

describe('URIs are the same (RFC 3261 §19.1.4)', () => {
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:biloxi.com;transport=tcp;method=REGISTER', 'sip:biloxi.com;method=REGISTER;transport=tcp'],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a@[2001:db8::1]:5060', 'sip:a@[2001:DB8::1]:5060'],
    ['sip:a@h;transport=tcp', 'sip:a@h;transport=TCP;ob'],
  ])('%s = %s', (one, other) => {
    expect(isSameUri(one, other)).toBe(true);
    expect(isSameUri(other, one)).toBe(true);
  });

  it.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:a@h', 'sips:a@h'],
    ['sip:a:x@h', 'sip:a:X@h'],
    ['mailto:a@h', 'mailto:A@h'],
  ])('%s ≠ %s', (one, other) => {
    expect(isSameUri(one, other)).toBe(false);
    expect(isSameUri(other, one)).toBe(false);
  });
});
