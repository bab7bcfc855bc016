import { describe, expect, it } from 'vitest';
import { percentiles } from './percentiles.mjs';
import { readMessageTimes } from './read-message-times.mjs';

const line = (seconds, direction, id, cseq, first) =>
  ['2026-01-01', '00:00:00.000000', seconds.toFixed(6), direction, id, `CSeq:${cseq}`, first].join('\t');

describe('what SIPp saw', () => {
  it('measures from the INVITE with credentials, and sees retransmissions and unfinished calls', () => {
    const text = [
      line(10, 'S', 'a', '1 INVITE', 'INVITE sip:1002@demo SIP/2.0'),
      line(10.5, 'R', 'a', '1 INVITE', 'SIP/2.0 407 Proxy Authentication Required'),
      line(10.5, 'S', 'a', '1 ACK', 'ACK sip:1002@demo SIP/2.0'),
      line(11, 'S', 'a', '2 INVITE', 'INVITE sip:1002@demo SIP/2.0'),
      line(11.004, 'R', 'a', '2 INVITE', 'SIP/2.0 180 Ringing'),
      line(11.006, 'R', 'a', '2 INVITE', 'SIP/2.0 180 Ringing'),
      line(11.02, 'R', 'a', '2 INVITE', 'SIP/2.0 200 OK'),
      line(12, 'S', 'a', '3 BYE', 'BYE sip:x SIP/2.0'),
      line(12.5, 'S', 'a', '3 BYE', 'BYE sip:x SIP/2.0'),
      line(12.6, 'R', 'a', '3 BYE', 'SIP/2.0 200 OK'),
      line(13, 'S', 'b', '1 INVITE', 'INVITE sip:1002@demo SIP/2.0'),
      line(14, 'S', 'c', '1 REGISTER', 'REGISTER sip:demo SIP/2.0'),
      line(14.1, 'R', 'c', '1 REGISTER', 'SIP/2.0 401 Unauthorized'),
      line(14.2, 'S', 'c', '2 REGISTER', 'REGISTER sip:demo SIP/2.0'),
      line(14.203, 'R', 'c', '2 REGISTER', 'SIP/2.0 200 OK'),
      '',
    ].join('\n');
    const times = readMessageTimes(text);
    expect(times).toMatchObject({ begun: 3, completed: 2, retransmissions: 1 });
    expect(times.toRinging.map(Math.round)).toEqual([4]);
    expect(times.toAnswer.map(Math.round)).toEqual([20]);
    expect(times.toRegistered.map(Math.round)).toEqual([3]);
  });

  it('measures from the one INVITE of a call that is not challenged, and tells how fast calls were begun', () => {
    const call = (id, at) => [
      line(at, 'S', id, '1 INVITE', 'INVITE sip:+4930500000@127.0.0.1 SIP/2.0'),
      line(at + 0.001, 'R', id, '1 INVITE', 'SIP/2.0 100 Trying'),
      line(at + 0.003, 'R', id, '1 INVITE', 'SIP/2.0 180 Ringing'),
      line(at + 0.004, 'R', id, '1 INVITE', 'SIP/2.0 200 OK'),
      line(at + 0.004, 'S', id, '1 ACK', 'ACK sip:x SIP/2.0'),
      line(at + 0.004, 'S', id, '2 BYE', 'BYE sip:x SIP/2.0'),
      line(at + 0.005, 'R', id, '2 BYE', 'SIP/2.0 200 OK'),
    ];
    const times = readMessageTimes([call('a', 10), call('b', 10.25), call('c', 10.5)].flat().join('\n'));
    expect(times).toMatchObject({ begun: 3, completed: 3, retransmissions: 0 });
    expect(times.toRinging.map(Math.round)).toEqual([3, 3, 3]);
    expect(times.begunPerSecond).toBeCloseTo(4);
  });

  it('counts no call as completed that was hung up on because it did not ring', () => {
    const text = [
      line(10, 'S', 'a', '1 INVITE', 'INVITE sip:+4930500000@127.0.0.1 SIP/2.0'),
      line(10.004, 'R', 'a', '1 INVITE', 'SIP/2.0 200 OK'),
      line(10.005, 'S', 'a', '1 ACK', 'ACK sip:x SIP/2.0'),
      line(10.006, 'S', 'a', '2 BYE', 'BYE sip:x SIP/2.0'),
      line(10.007, 'R', 'a', '2 BYE', 'SIP/2.0 200 OK'),
    ].join('\n');
    expect(readMessageTimes(text)).toMatchObject({ begun: 1, completed: 0 });
  });

  it('takes percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(values)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
    expect(percentiles([])).toBeUndefined();
  });
});
