import type { Manner } from './odd-phone.js';

const COMPACT: Readonly<Record<string, string>> = {
  Via: 'v',
  From: 'f',
  To: 't',
  'Call-ID': 'i',
  Contact: 'm',
  'Content-Type': 'c',
  'Content-Length': 'l',
};

/** Its own tag: of From in requests, of To in responses. */
const withoutOwnTag: Manner = (message) =>
  message.replace(message.startsWith('SIP/') ? /^(To: .*?);tag=\w+/m : /^(From: .*?);tag=\w+/m, '$1');

/** Changes what comes before the body, whose length was counted. */
function ofHead(message: string, change: Manner): string {
  const end = message.indexOf('\r\n\r\n') + 4;
  return change(message.slice(0, end)) + message.slice(end);
}

/** Changes the SDP, where there is one, and counts it again. */
function ofDescription(message: string, change: Manner): string {
  const end = message.indexOf('\r\n\r\n') + 4;
  const description = message.slice(end);
  if (description === '') return message;
  const written = change(description);
  return message.slice(0, end).replace(/^(Content-Length: )\d+/m, `$1${Buffer.byteLength(written)}`) + written;
}

/** Takes two codecs and keys, and speaks in the second: all that it lists it may send (RFC 3264 §6.1). */
export const SPEAKS_IN_SECOND_CODEC: Manner = (message) => {
  const formats = 'RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n';
  const written = message.replace('RTP/AVP 0\r\n', formats);
  const more = written.length - message.length;
  return written.replace(/^(Content-Length: )(\d+)/m, (_, name: string, length) => `${name}${Number(length) + more}`);
};

/** What phones in the field write, each of which says the same (RFC 3261 §7.3.1). */
export const MANNERS: readonly (readonly [string, Manner])[] = [
  ['LF alone behind every line of the head', (message) => ofHead(message, (head) => head.replaceAll('\r\n', '\n'))],
  [
    'compact names, with white space before the colon (RFC 3261 §7.3.3)',
    (message) =>
      message.replace(/^([A-Za-z-]+): /gm, (whole, name: string) => (COMPACT[name] ? `${COMPACT[name]} : ` : whole)),
  ],
  [
    'every header folded (§7.3.1)',
    (message) =>
      message
        .replace(/^(Via|From|To|Call-ID|CSeq|Contact|Authorization): /gm, '$1:\r\n\t ')
        .replaceAll(', ', ',\r\n  '),
  ],
  [
    'capitals where case does not count (§7.3.1, §19.1.4, §25.1)',
    (message) =>
      message
        .replace(/^([A-Za-z-]+):/gm, (name) => name.toUpperCase())
        .replaceAll('<sip:', '<SIP:')
        .replaceAll('demo.carillon.local>', 'Demo.Carillon.LOCAL>')
        .replace('application/sdp', 'Application/SDP')
        .replace(/^VIA: SIP\/2\.0\/UDP (.*);branch=/m, 'VIA: sip/2.0/udp $1 ; BRANCH = '),
  ],
  [
    'no tag, no cookie and no rport, as RFC 2543 had it',
    (message) => withoutOwnTag(message).replace(/^(Via: .*branch=)z9hG4bK(\w+);rport\r/m, '$1$2\r'),
  ],
  ['no Content-Length (§18.3)', (message) => message.replace(/^Content-Length: .*\r\n/m, '')],
  ['addresses without brackets (§20.10)', (message) => message.replace(/^(From|To|Contact): <([^>;]*)>/gm, '$1: $2')],
  ['empty lines before each message (§7.5)', (message) => `\r\n\r\n${message}`],
  [
    'an SDP with a blank in its owner, an empty attribute, lines in another order and a stream that is off (RFC 8866 §5)',
    (message) =>
      ofDescription(
        message,
        (text) => `${text.replace('o=-', 'o=John Smith').replace('t=0 0\r\n', '')}a=\r\nt=0 0\r\nm=video 0\r\n\r\n`,
      ),
  ],
  [
    'the name of its host in its SDP (RFC 8866 §5.7)',
    (message) => ofDescription(message, (text) => text.replace('c=IN IP4 127.0.0.1', 'c=IN IP4 localhost')),
  ],
];
