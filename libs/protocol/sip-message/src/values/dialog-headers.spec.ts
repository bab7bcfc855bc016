import { describe, expect, it } from 'vitest';
import { parseEntityTag } from './entity-tag.js';
import { buildJoin, parseJoin } from './join.js';
import { buildRAck, parseRAck, parseRSeq } from './rack.js';
import { buildReplaces, parseReplaces } from './replaces.js';
import { NIL_SESSION_ID, buildSessionId, parseSessionId } from './session-id.js';
import { buildTargetDialog, parseTargetDialog } from './target-dialog.js';

describe('Replaces (RFC 3891 §6.1)', () => {
  it('reads the examples of the RFC', () => {
    expect(parseReplaces('98732@sip.example.com ;from-tag=r33th4x0r ;to-tag=ff87ff')).toMatchObject({
      callId: '98732@sip.example.com',
      fromTag: 'r33th4x0r',
      toTag: 'ff87ff',
      earlyOnly: false,
    });
    expect(parseReplaces('87134@171.161.34.23;to-tag=24796;from-tag=0;early-only')).toMatchObject({
      fromTag: '0',
      earlyOnly: true,
    });
  });

  it.each(['', 'x', 'x;to-tag=1', 'x;to-tag=1;to-tag=2;from-tag=3', 'x y;to-tag=1;from-tag=2', 'x;to-tag;from-tag=2'])(
    'refuses %j',
    (text) => {
      expect(parseReplaces(text)).toBeUndefined();
    },
  );

  it('writes what it read, unknown parameters included', () => {
    const text = 'a@b;to-tag=1;x=y;from-tag=2;early-only';
    const replaces = parseReplaces(text);
    expect(replaces && buildReplaces(replaces)).toBe(text);
    expect(replaces && buildReplaces({ ...replaces, earlyOnly: false })).toBe('a@b;to-tag=1;x=y;from-tag=2');
  });
});

it('Join (RFC 3911 §7.1) and Target-Dialog (RFC 4538 §7) name dialogs too', () => {
  const join = 'a@b;to-tag=1;from-tag=2';
  expect(parseJoin(join)).toMatchObject({ callId: 'a@b', toTag: '1', fromTag: '2' });
  expect(buildJoin({ callId: 'a@b', toTag: '1', fromTag: '2' })).toBe(join);
  const target = 'fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544';
  const parsed = parseTargetDialog(target);
  expect(parsed).toMatchObject({ localTag: 'kkaz-', remoteTag: '6544' });
  expect(parsed && buildTargetDialog(parsed)).toBe(target);
});

it('RAck and RSeq (RFC 3262 §7)', () => {
  expect(parseRAck('776656 1 INVITE')).toEqual({ responseNumber: 776_656, sequence: 1, method: 'INVITE' });
  expect(buildRAck({ responseNumber: 1, sequence: 2, method: 'INVITE' })).toBe('1 2 INVITE');
  for (const text of ['1 INVITE', '0 1 INVITE', '4294967296 1 INVITE', '1 1 INVITE x', '1 1 IN(']) {
    expect(parseRAck(text)).toBeUndefined();
  }
  expect(parseRSeq('988789')).toBe(988_789);
  expect(parseRSeq('0')).toBeUndefined();
});

it('entity-tags are tokens, * included (RFC 3903 §11.3.1, RFC 5839 §7.1)', () => {
  expect(parseEntityTag(' dx200xyz ')).toBe('dx200xyz');
  expect(parseEntityTag('*')).toBe('*');
  expect(parseEntityTag('"x"')).toBeUndefined();
});

describe('Session-ID (RFC 7989 §5)', () => {
  const local = 'ab30317f1a784dc48ff824d0d3715d86';

  it('has two ends, the other one nil until it is known', () => {
    expect(parseSessionId(`${local};remote=${NIL_SESSION_ID}`)).toEqual({ local, remote: NIL_SESSION_ID });
    expect(buildSessionId({ local, remote: NIL_SESSION_ID })).toBe(`${local};remote=00000000000000000000000000000000`);
    expect(parseSessionId(local.toUpperCase())).toEqual({ local, remote: undefined });
  });

  it.each(['', 'x', local.slice(1), `${local};remote=1`, `${local};remote`])('refuses %j', (text) => {
    expect(parseSessionId(text)).toBeUndefined();
  });
});
