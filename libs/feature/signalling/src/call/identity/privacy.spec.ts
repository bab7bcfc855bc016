import { parseMessage, type SipMessage } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { presentFrom, presentIdentity } from './present-party.js';
import { buildPrivacy, hidesHistory, isAnonymous, NO_PRIVACY, readPrivacy } from './privacy.js';

const alice = { number: '1001', name: 'Alice', userId: null };
const phone = { domain: 'example.org', trusted: false };
const peer = { domain: 'provider.test', trusted: true };

describe('the Privacy header', () => {
  it.each([
    [[], [], false],
    [['id'], ['id'], true],
    [['header; user;session'], ['header', 'user', 'session'], true],
    [['none;id'], ['none'], false],
    [['id', 'critical'], ['id', 'critical'], true],
    [['session'], ['session'], false],
    [['moon'], [], false],
    [['HISTORY'], ['history'], false],
  ])('%j asks for %j', (lines, kinds, anonymous) => {
    const wish = readPrivacy(message(lines));
    expect(wish.ok && [...wish.privacy]).toEqual(kinds);
    expect(wish.ok && isAnonymous(wish.privacy)).toBe(anonymous);
  });

  it('with a critical wish that nobody knows fails', () => {
    expect(readPrivacy(message(['moon;critical']))).toEqual({ ok: false, unknown: 'moon' });
  });

  it('says where history is kept back', () => {
    expect([new Set(['history'] as const), new Set(['header'] as const)].map(hidesHistory)).toEqual([true, true]);
    expect(hidesHistory(new Set(['id']))).toBe(false);
  });
});

describe('someone', () => {
  it('is shown by name and number, and asserted', () => {
    const shown = { party: alice, privacy: NO_PRIVACY };
    expect(presentFrom(shown, phone)).toBe('"Alice" <sip:1001@example.org>');
    expect(presentIdentity(shown, phone)).toEqual({ 'P-Asserted-Identity': '"Alice" <sip:1001@example.org>' });
  });

  it('who wants privacy is nobody to phones, and known to a trusted peer that keeps it', () => {
    const shown = { party: alice, privacy: new Set(['id', 'session', 'critical'] as const) };
    expect(presentFrom(shown, phone)).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
    expect(presentIdentity(shown, phone)).toEqual({});
    expect(presentFrom(shown, peer)).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
    expect(presentIdentity(shown, peer)).toEqual({
      'P-Asserted-Identity': '"Alice" <sip:1001@provider.test>',
      Privacy: 'id;critical',
    });
    expect(buildPrivacy(new Set(['session']))).toBeUndefined();
  });

  it('who nobody knows is anonymous', () => {
    const shown = { party: { number: '', name: null, userId: null }, privacy: NO_PRIVACY };
    expect(presentFrom(shown, phone)).toContain('anonymous.invalid');
    expect(presentIdentity(shown, peer)).toEqual({});
  });
});

function message(lines: readonly string[]): SipMessage {
  const headers = lines.map((line) => `Privacy: ${line}\r\n`).join('');
  const parsed = parseMessage(Buffer.from(`SIP/2.0 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`));
  if (!parsed.ok) throw new Error('No message');
  return parsed.message;
}
