import { parseMessage, type SipRequest } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { NO_PRIVACY } from '../identity/privacy.js';
import { historyHeaders, historyOf, isLoop, retarget } from './call-history.js';

const domain = 'example.org';
const bob = { number: '1002', name: 'Bob', userId: null };

describe('the history of a call', () => {
  it('begins with the number that was dialled, and tells nothing while that is all', () => {
    const history = historyOf(invite([]), { number: '1002', domain });
    expect(history.entries).toMatchObject([{ uri: 'sip:1002@example.org', index: '1' }]);
    expect(historyHeaders(history, NO_PRIVACY, false)).toEqual({});
  });

  it('grows one level with each retarget, with the cause at both ends (RFC 7044 §5)', () => {
    const first = historyOf(invite([]), { number: '1002', domain });
    const second = retarget(first, { domain, from: bob, number: '1003', cause: 408, diverts: true });
    const third = retarget(second, { domain, number: '1004', diverts: false });
    expect(historyHeaders(third, NO_PRIVACY, false)).toEqual({
      'History-Info': [
        '<sip:1002@example.org?Reason=SIP%3Bcause%3D408>;index=1',
        '<sip:1003@example.org;cause=408>;index=1.1;mp=1',
        '<sip:1004@example.org>;index=1.1.1;mp=1.1',
      ],
      Diversion: ['"Bob" <sip:1002@example.org>;reason=no-answer;counter=1;privacy=off'],
    });
  });

  it('goes on from what came, untouched', () => {
    const came = [
      'History-Info: <sip:100@a.test?Reason=SIP%3Bcause%3D302>;index=1, <sip:1002@example.org;cause=302>;index=1.1',
      'Diversion: "Boss" <sip:100@a.test>;reason=unconditional;counter=2;privacy=full',
    ];
    const history = historyOf(invite(came), { number: '1002', domain });
    const next = retarget(history, { domain, from: bob, number: '1003', cause: 486, diverts: true });
    expect(historyHeaders(next, NO_PRIVACY, false)).toEqual({
      'History-Info': [
        '<sip:100@a.test?Reason=SIP%3Bcause%3D302>;index=1',
        '<sip:1002@example.org;cause=302?Reason=SIP%3Bcause%3D486>;index=1.1',
        '<sip:1003@example.org;cause=486>;index=1.1.1;mp=1.1',
      ],
      Diversion: [
        '"Bob" <sip:1002@example.org>;reason=user-busy;counter=1;privacy=off',
        '"Anonymous" <sip:anonymous@anonymous.invalid>;reason=unconditional;counter=2;privacy=full',
      ],
    });
    expect(historyHeaders(next, NO_PRIVACY, true)['Diversion']).toContain(
      '"Boss" <sip:100@a.test>;reason=unconditional;counter=2;privacy=full',
    );
  });

  it('keeps back who does not want to be seen', () => {
    const came = ['History-Info: <sip:100@a.test?Privacy=history>;index=1, <sip:1002@example.org>;index=1.1'];
    const history = historyOf(invite(came), { number: '1002', domain });
    expect(historyHeaders(history, NO_PRIVACY, false)['History-Info']).toEqual([
      '<sip:anonymous@anonymous.invalid>;index=1',
      '<sip:1002@example.org>;index=1.1',
    ]);
    const all = historyHeaders(history, new Set(['history']), false)['History-Info'];
    expect(all).toEqual(['<sip:anonymous@anonymous.invalid>;index=1', '<sip:anonymous@anonymous.invalid>;index=1.1']);
  });

  it('ends where it turns in a ring or grows too long', () => {
    const once = retarget(historyOf(invite([]), { number: '1002', domain }), {
      domain,
      from: bob,
      number: '1003',
      cause: 302,
      diverts: true,
    });
    expect([isLoop(once, '1002'), isLoop(once, '1004')]).toEqual([true, false]);
    const counted = historyOf(invite(['Diversion: <sip:7@a.test>;counter=10']), { number: '1002', domain });
    expect(isLoop(counted, '1002')).toBe(true);
  });

  it('leaves out what it cannot read', () => {
    const came = [
      'History-Info: garbage, <sip:1@a.test>;index=x, <sip:2@a.test>;index=1',
      `Diversion: <sip:${'9'.repeat(600)}@a.test>, "open`,
    ];
    const history = historyOf(invite(came), { number: '1002', domain });
    expect(history.entries.map(({ index }) => index)).toEqual(['1', '1.1']);
    expect(history.diversions).toEqual([]);
  });
});

function invite(headers: readonly string[]): SipRequest {
  const head = ['INVITE sip:1002@example.org SIP/2.0', 'Call-ID: 1', ...headers, 'Content-Length: 0', '', ''];
  const parsed = parseMessage(Buffer.from(head.join('\r\n')));
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('No request');
  return parsed.message;
}
