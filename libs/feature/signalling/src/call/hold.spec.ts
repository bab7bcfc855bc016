import { describe, expect, it } from 'vitest';
import { holdOf } from './hold.js';

const sdp = (line: string, address = '192.0.2.1'): string =>
  `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n${line}`;

describe('holdOf', () => {
  it.each([
    ['a=sendrecv\r\n', 'none'],
    ['', 'none'],
    ['a=recvonly\r\n', 'none'],
    ['a=sendonly\r\n', 'sendonly'],
    ['a=inactive\r\n', 'inactive'],
  ])('of %j is %s', (line, expected) => expect(holdOf(sdp(line))).toBe(expected));

  it('knows the old way, and takes garbage for no hold', () => {
    expect(holdOf(sdp('', '0.0.0.0'))).toBe('sendonly');
    expect(holdOf('garbage')).toBe('none');
  });
});
