import { parseMessage, type SipRequest, type SipResponse } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { agreedInterval, answerInterval, askInterval } from './session-interval.js';

function request(lines: readonly string[], method = 'INVITE'): SipRequest {
  const text = [`${method} sip:b@h SIP/2.0`, ...lines, 'Content-Length: 0', '', ''].join('\r\n');
  const result = parseMessage(Buffer.from(text));
  if (!result.ok || result.message.kind !== 'request') throw new Error('No request');
  return result.message;
}

function answer(lines: readonly string[] = []): SipResponse {
  const result = parseMessage(Buffer.from(['SIP/2.0 200 OK', ...lines, 'Content-Length: 0', '', ''].join('\r\n')));
  if (!result.ok || result.message.kind !== 'response') throw new Error('No response');
  return result.message;
}

describe('what is asked for (RFC 4028 §8.1)', () => {
  it.each([
    ['ours, without a refresher', [], 1800, { seconds: 1800, line: '1800', clientKnows: false }],
    ['ours, but not below Min-SE', ['Min-SE: 3600'], 1800, { seconds: 3600, line: '3600', clientKnows: false }],
    ['nothing where none is wanted', ['Supported: timer'], undefined, undefined],
    ['as it came', ['Supported: timer', 'x: 600;refresher=uas'], 1800, { seconds: 600, clientKnows: true }],
    [
      'no less than Min-SE',
      ['x: 60;refresher=uac'],
      1800,
      { seconds: 90, line: '90;refresher=uac', clientKnows: false },
    ],
    ['what cannot be read as it is', ['Session-Expires: soon'], 1800, undefined],
  ])('is %s', (_, lines, wanted, expected) => {
    const asked = askInterval(request(lines), wanted);
    const seen = asked === undefined ? undefined : { ...asked, line: asked.line?.[1] };
    if (expected === undefined) expect(seen).toBeUndefined();
    else expect(seen).toEqual({ line: undefined, ...expected });
  });

  it('is asked of INVITE and UPDATE alone', () => {
    expect(askInterval(request([], 'UPDATE'), 1800)).toMatchObject({ seconds: 1800 });
    expect(askInterval(request([], 'INFO'), 1800)).toBeUndefined();
  });
});

describe('what is answered (RFC 4028 §8.2)', () => {
  const knowing = askInterval(request(['Supported: timer']), 1800);
  const unknowing = askInterval(request([]), 1800);

  it('says that the client refreshes where only it knows timers', () => {
    const lines = [
      ['Session-Expires', '1800;refresher=uac'],
      ['Require', 'timer'],
    ];
    expect(answerInterval(knowing, answer())).toEqual(lines);
    expect(agreedInterval(knowing, answer())).toBe(1800);
  });

  it('is left as it came where the server speaks of it, or nobody can', () => {
    const said = answer(['Session-Expires: 600;refresher=uas']);
    expect(answerInterval(knowing, said)).toEqual([]);
    expect([agreedInterval(knowing, said), agreedInterval(undefined, said)]).toEqual([600, 600]);
    expect(answerInterval(unknowing, answer())).toEqual([]);
    expect(agreedInterval(unknowing, answer())).toBeUndefined();
  });
});
