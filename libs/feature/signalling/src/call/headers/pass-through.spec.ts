import { buildResponse, parseMessage, type SipMessage } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { NO_PRIVACY, type Privacy } from '../identity/privacy.js';
import { passHeaders, passRefusal } from './pass-headers.js';
import { DROPPED, PASSED, PRIVATE_HEADER_MESSAGES, REWRITTEN, type Crossing } from './pass-through.js';

const CROSSINGS: readonly Crossing[] = [
  'invite',
  'progress',
  'answer',
  'refusal',
  'reinvite',
  'update',
  'info',
  'message',
  'bye',
  'cancel',
  'refer',
];
const open = { trusted: true, privacy: NO_PRIVACY, privateHeaders: ['X-Customer'], location: true };

describe('the table', () => {
  it('names each header once', () => {
    const names = [...PASSED, ...REWRITTEN].map(({ name }) => name.toLowerCase());
    const dropped = DROPPED.map((name) => name.toLowerCase());
    expect(new Set([...names, ...dropped]).size).toBe(names.length + dropped.length);
  });

  it.each(CROSSINGS)('lets nothing but its own rows through with %s', (crossing) => {
    const everything = [...PASSED, ...REWRITTEN].map(({ name }) => name);
    const names = [...everything, ...DROPPED, 'X-Customer', 'X-Other', 'P-Unheard-Of'];
    const expected = PASSED.filter(({ messages }) => messages.includes(crossing)).map(({ name }) => name);
    const own = PRIVATE_HEADER_MESSAGES.includes(crossing) ? ['X-Customer'] : [];
    expect(Object.keys(passHeaders(messageWith(names), crossing, open)).sort()).toEqual([...expected, ...own].sort());
  });

  it('keeps from others what a stranger could make their phones do', () => {
    const message = messageWith(['Alert-Info', 'Call-Info', 'Resource-Priority', 'Subject']);
    expect(Object.keys(passHeaders(message, 'invite', { ...open, trusted: false }))).toEqual(['Subject']);
  });

  it('says where a caller is only where that may be told, and then whatever privacy is wanted', () => {
    const message = messageWith(['Geolocation', 'Geolocation-Routing', 'Subject']);
    expect(Object.keys(passHeaders(message, 'invite', { ...open, location: false }))).toEqual(['Subject']);
    const privacy: Privacy = new Set(['user']);
    const told = Object.keys(passHeaders(message, 'invite', { ...open, privacy }));
    expect(told).toEqual(['Geolocation', 'Geolocation-Routing']);
  });

  it('knows a header by its name in any letters: one on the list is one header, and no way round its own row', () => {
    const named = message([
      ['GEOLOCATION', '<https://lis.example/1>'],
      ['x-customer', '7'],
    ]);
    const privateHeaders = ['geolocation', 'X-Customer', 'X-CUSTOMER'];
    const told = Object.keys(passHeaders(named, 'invite', { ...open, privateHeaders }));
    expect(told).toEqual(['Geolocation', 'X-Customer']);
    const kept = Object.keys(passHeaders(named, 'invite', { ...open, privateHeaders, location: false }));
    expect(kept).toEqual(['X-Customer']);
  });

  it.each(['id', 'user', 'header'] as const)('tells nothing about who asked for %s privacy', (kind) => {
    const privacy: Privacy = new Set([kind]);
    const message = messageWith(['Subject', 'Organization', 'Reply-To', 'Call-Info', 'X-Customer', 'Priority']);
    expect(Object.keys(passHeaders(message, 'invite', { ...open, privacy }))).toEqual(['Priority']);
  });
});

describe('what is passed', () => {
  it('is bounded in number and length', () => {
    const lines = Array.from({ length: 20 }, (_, index): [string, string] => [
      'User-to-User',
      `0${index};encoding=hex`,
    ]);
    const long: [string, string] = ['Subject', 'x'.repeat(2000)];
    const passed = passHeaders(message([...lines, long]), 'invite', open);
    expect(passed['User-to-User']).toHaveLength(8);
    expect(passed['Subject']).toBeUndefined();
  });

  it('of a refusal hides who warned', () => {
    const refusal = message([
      ['Warning', '304 10.0.0.7:5060 "Media type not available", 399 inner.test "Odd"'],
      ['Reason', 'Q.850;cause=17;text="Busy"'],
      ['Retry-After', '30'],
      ['Server', 'Secret/1.0'],
      ['Contact', '<sip:inner@10.0.0.7>'],
    ]);
    expect(passRefusal(refusal, open, 'example.org')).toEqual({
      'Retry-After': ['30'],
      Reason: ['Q.850;cause=17;text="Busy"'],
      Warning: ['304 example.org "Media type not available"', '399 example.org "Odd"'],
    });
  });
});

function messageWith(names: readonly string[]): SipMessage {
  return message(names.map((name) => [name, 'value']));
}

function message(lines: readonly (readonly [string, string])[]): SipMessage {
  const parsed = parseMessage(buildResponse({ status: 200, reason: 'OK', headers: lines.map(([a, b]) => [a, b]) }));
  if (!parsed.ok) throw new Error('No message');
  return parsed.message;
}
