import { describe, expect, it } from 'vitest';
import { parseIdentities } from './asserted-identity.js';
import { buildDiversion, parseDiversion } from './diversion.js';
import { buildHistoryInfo, parseHistoryIndex, parseHistoryInfo } from './history-info.js';
import { buildPrivacy, parsePrivacy } from './privacy.js';
import { buildReferTo, parseReferTo } from './refer-to.js';
import { buildReferredBy, parseReferredBy } from './referred-by.js';
import { parseReferSub } from './refer-sub.js';
import { parseReplaces } from './replaces.js';
import { uriHeader } from './uri-headers.js';

describe('Refer-To', () => {
  it('carries the headers of the request that is asked for (RFC 3891 §7)', () => {
    const refer = parseReferTo(
      '<sip:bob@b.example;method=INVITE;x=1?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>',
    );
    expect(refer).toMatchObject({ target: 'sip:bob@b.example;x=1', method: 'INVITE' });
    expect(parseReplaces(uriHeader(refer?.headers ?? [], 'replaces') ?? '')).toMatchObject({
      callId: '12345@192.168.118.3',
      toTag: '12345',
      fromTag: '5FFE-3994',
    });
  });

  it('writes what it read', () => {
    const parts = { target: 'sip:b@c', method: 'BYE', headers: [['Replaces', 'a@b;to-tag=1;from-tag=2']] as const };
    const text = buildReferTo(parts);
    expect(text).toBe('<sip:b@c;method=BYE?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>');
    expect(parseReferTo(text)).toMatchObject(parts);
  });

  it('may name other schemes', () => {
    expect(parseReferTo('http://example.com/?a=b')).toBeUndefined();
    expect(parseReferTo('<http://example.com/?a=b>')).toMatchObject({ target: 'http://example.com/?a=b', headers: [] });
    expect(parseReferTo('<sip:a@b?x=%zz>')).toBeUndefined();
  });
});

it('Referred-By names the body part that proves it (RFC 3892 §3)', () => {
  const text = '<sip:r@ref.example>;cid="20398823.2UWQFN309shb3@ref.example"';
  const referred = parseReferredBy(text);
  expect(referred).toMatchObject({ uri: 'sip:r@ref.example', contentId: '20398823.2UWQFN309shb3@ref.example' });
  expect(referred && buildReferredBy(referred)).toBe(text);
});

it('Refer-Sub (RFC 4488 §4)', () => {
  expect([parseReferSub('false'), parseReferSub('TRUE;x=1'), parseReferSub('maybe')]).toEqual([false, true, undefined]);
});

it('Diversion (RFC 5806 §5)', () => {
  const text = '"Bob" <sip:bob@b.example>;reason=user-busy;counter=2;privacy=off;screen=yes;x="y z"';
  const diversion = parseDiversion(text);
  expect(diversion).toMatchObject({ reason: 'user-busy', counter: 2, limit: undefined, privacy: 'off', screen: 'yes' });
  expect(diversion && buildDiversion(diversion)).toBe(text);
  expect(parseDiversion('<tel:+1>')).toMatchObject({ counter: 1, reason: undefined });
  expect(buildDiversion({ uri: 'tel:+1', reason: 'no-answer' })).toBe('<tel:+1>;reason=no-answer');
});

describe('History-Info (RFC 7044)', () => {
  const text = '<sip:bob@192.0.2.4?Reason=SIP%3Bcause%3D302%3Btext%3D%22Moved%22&Privacy=history>;index=1.1.2;rc=1.1';

  it('reads the reasons and privacy inside the URI', () => {
    expect(parseHistoryInfo(text)).toMatchObject({
      target: 'sip:bob@192.0.2.4',
      index: [1, 1, 2],
      retarget: { kind: 'rc', from: [1, 1] },
      reasons: [{ protocol: 'SIP', cause: 302, text: 'Moved' }],
      privacy: ['history'],
    });
  });

  it('writes what it read', () => {
    const entry = parseHistoryInfo(text);
    expect(entry && buildHistoryInfo(entry)).toBe(text);
    expect(buildHistoryInfo({ target: 'tel:+1', index: [1] })).toBe('<tel:+1>;index=1');
  });

  it.each(['<sip:a@b>', '<sip:a@b>;index=1.', '<sip:a@b>;index=x', '<sip:a@b?Reason=%z>;index=1'])(
    'refuses %s',
    (bad) => {
      expect(parseHistoryInfo(bad)).toBeUndefined();
    },
  );

  it('bounds the depth of forks', () => {
    expect(parseHistoryIndex(Array.from({ length: 80 }, () => 1).join('.'))).toBeUndefined();
  });
});

it('Privacy (RFC 3323 §4.2)', () => {
  expect(parsePrivacy(' Id ; critical')).toEqual(['id', 'critical']);
  expect(parsePrivacy('id,header')).toEqual(['id', 'header']);
  expect(parsePrivacy('id;;x')).toBeUndefined();
  expect(parsePrivacy('a;'.repeat(20))).toBeUndefined();
  expect(buildPrivacy(['id', 'user'])).toBe('id;user');
});

it('asserted identities: one sip, one tel, or both (RFC 3325 §9.1)', () => {
  expect(parseIdentities(['"C" <sip:c@d>', '<tel:+1>'])).toMatchObject({
    sip: { displayName: 'C' },
    tel: { uri: 'tel:+1' },
  });
  expect(parseIdentities(['<tel:+1>'])).toMatchObject({ sip: undefined });
  for (const bad of [[], ['<sip:a@b>', '<sips:c@d>'], ['<tel:1>', '<sip:a@b>', '<tel:2>'], ['<urn:x>'], ['<']]) {
    expect(parseIdentities(bad)).toBeUndefined();
  }
});
