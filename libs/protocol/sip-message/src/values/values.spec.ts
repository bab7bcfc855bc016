import { describe, expect, it } from 'vitest';
import { parseContact, parseDeltaSeconds } from './contact.js';
import { parseCSeq } from './cseq.js';
import { buildDate, parseDate } from './date.js';
import { parseEvent, parseSubscriptionState } from './event-header.js';
import { buildNameAddress, parseNameAddress } from './name-address.js';
import { parseParameters } from './parameters.js';
import { buildReason, parseReason } from './reason.js';
import { parseSessionExpires } from './session-expires.js';
import { buildUri, parseUri } from './uri.js';
import { buildVia, parseVia } from './via.js';

describe('URIs', () => {
  it.each([
    ['sip:alice@Example.COM', { user: 'alice', host: 'example.com', port: undefined }],
    [
      'sip:alice:pw@h:5080;transport=tcp?Subject=x',
      { user: 'alice', password: 'pw', port: 5080, headers: 'Subject=x' },
    ],
    ['sips:+1(2)@h', { scheme: 'sips', user: '+1(2)' }],
    ['sip:a%20b@h', { user: 'a b' }],
    ['sip:[2001:db8::1]:5060', { host: '2001:db8::1', port: 5060, user: undefined }],
    ['sip:host', { host: 'host' }],
    ['tel:+1-201-555-0123;phone-context=x', { scheme: 'tel', number: '+12015550123' }],
    ['urn:service:sos', { scheme: 'other', text: 'urn:service:sos' }],
  ])('reads %s', (text, expected) => {
    expect(parseUri(text)).toMatchObject(expected);
  });

  it.each([
    '',
    'sip:',
    'sip:@h',
    'sip:a b@h',
    'sip:h:99999',
    'sip:h:x',
    'sip:[::1',
    'sip:a%zz@h',
    '<sip:h>',
    'sip:a@b@c',
    'tel:abc!',
  ])('refuses %j', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  it('writes what it read, escaping what must be', () => {
    const text = 'sip:a%20b;x=1:p%40w@[::1]:5060;lr?a=b';
    const uri = parseUri(text);
    expect(uri && buildUri(uri)).toBe(text);
  });
});

describe('name-addr', () => {
  it.each([
    ['"A \\"q\\" B" <sip:a@b;lr>;tag=x', { displayName: 'A "q" B', uri: 'sip:a@b;lr' }],
    ['Bob Smith <sip:b@c>', { displayName: 'Bob Smith', uri: 'sip:b@c' }],
    ['sip:b@c;tag=1', { displayName: undefined, uri: 'sip:b@c' }],
    ['<tel:+1>', { uri: 'tel:+1' }],
  ])('reads %s', (text, expected) => {
    expect(parseNameAddress(text)).toMatchObject(expected);
  });

  it.each(['"open <sip:a@b>', '<sip:a@b', '<sip:a b>', 'sip:a@b?x=y', '<sip:a>;;', '<sip:a>;;x', '""'])(
    'refuses %j',
    (text) => {
      expect(parseNameAddress(text)).toBeUndefined();
    },
  );

  it('writes display names that stay one', () => {
    const text = buildNameAddress({ displayName: 'a"\r\nX: y', uri: 'sip:a@b' });
    expect(text).toBe('"a\\" X: y" <sip:a@b>');
    expect(parseNameAddress(text)?.displayName).toBe('a" X: y');
  });
});

describe('parameters', () => {
  const parameters = parseParameters(';branch=z9;rport;x="a;b=\\"c\\"" ; Lr ;y = 1');

  it('are found without case, quoted or not, with spaces around', () => {
    expect(parameters?.get('BRANCH')).toBe('z9');
    expect(parameters?.get('rport')).toBe('');
    expect(parameters?.get('x')).toBe('a;b="c"');
    expect(parameters?.has('lr')).toBe(true);
    expect(parameters?.get('y')).toBe('1');
    expect(parameters?.get('b')).toBeUndefined();
    expect(parameters?.get('por')).toBeUndefined();
  });

  it('are replaced, added and taken out', () => {
    expect(parseParameters(';a=1;b')?.with('A', '2').with('c', 'd e').without('b').text).toBe(';A=2;c="d e"');
  });
});

describe('single values', () => {
  it('Via', () => {
    const via = parseVia(' SIP / 2.0 / udp [::1]:5061 ;branch=z9hG4bK1;rport');
    expect(via).toMatchObject({ transport: 'UDP', host: '::1', port: 5061 });
    expect(via && buildVia(via)).toBe('SIP/2.0/UDP [::1]:5061;branch=z9hG4bK1;rport');
    expect(parseVia('SIP/2.0/UDP')).toBeUndefined();
    expect(parseVia('SIP/2.0/UDP h;;')).toBeUndefined();
  });

  it('CSeq', () => {
    expect(parseCSeq('  7   INVITE')).toEqual({ sequence: 7, method: 'INVITE' });
    for (const text of ['2147483648 A', '-1 A', '1', '1 A B', 'x A']) expect(parseCSeq(text)).toBeUndefined();
  });

  it('Contact and its expiry', () => {
    expect(parseContact('*')).toEqual({ wildcard: true });
    expect(parseContact('<sip:a@b>;q=0.25;expires=99999999999')).toMatchObject({ q: 0.25, expires: 4_294_967_295 });
    expect(parseContact('<sip:a@b>;expires=soon')).toMatchObject({ expires: undefined });
    expect(parseDeltaSeconds('60')).toBe(60);
  });

  it('Reason', () => {
    const reason = parseReason('SIP ;cause=200 ;text="Call completed elsewhere"');
    expect(reason).toEqual({ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' });
    expect(reason && buildReason(reason)).toBe('SIP;cause=200;text="Call completed elsewhere"');
  });

  it('Event, Subscription-State and Session-Expires', () => {
    expect(parseEvent('dialog;id=7')).toMatchObject({ package: 'dialog', id: '7' });
    expect(parseSubscriptionState('Terminated;reason=timeout;retry-after=5')).toMatchObject({
      state: 'terminated',
      reason: 'timeout',
      retryAfter: 5,
    });
    expect(parseSessionExpires('1800;refresher=UAS')).toEqual({ seconds: 1800, refresher: 'uas' });
    expect(parseSessionExpires('x')).toBeUndefined();
  });

  it('Date', () => {
    const text = 'Sat, 13 Nov 2010 23:29:00 GMT';
    expect(buildDate(parseDate(text) ?? 0)).toBe(text);
    expect(parseDate('Fri, 01 Jan 2010 16:00:00 EST')).toBeUndefined();
  });
});
