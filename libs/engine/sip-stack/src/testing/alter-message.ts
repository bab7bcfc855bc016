/** Values that no peer in its right mind sends, and some that one might. */
const ODD_VALUES: readonly string[] = [
  '',
  '*',
  '<',
  '<sip:>',
  '0',
  '-1',
  '4294967295',
  '99999999999999999999',
  'x'.repeat(300),
  ';;;=,,,""',
  '"unfinished',
  '<tel:+49123>',
  '<sip:[::1]:99999>',
  'sip:a@10.0.0.2;lr, <sip:b@b>',
  'SIP/2.0/UDP 10.0.0.99;branch=z9hG4bKother',
  'active;expires=0',
  'terminated;reason=noresource;retry-after=99999999',
  'refer;id=1',
  '100rel, timer, unheard-of',
  '1 1 INVITE',
  '0;refresher=uas',
  '90;refresher=nobody',
  'multipart/mixed;boundary=',
  'gzip',
  '\u0000\u0001\u00ff',
];

/** Headers worth adding where they do not belong. */
const STRAYS: readonly string[] = [
  'Require: 100rel',
  'RSeq: 4294967295',
  'RAck: 1 1 INVITE',
  'Session-Expires: 0',
  'Session-Expires: 1;refresher=uac',
  'Min-SE: 4294967295',
  'Replaces: a;to-tag=b;from-tag=c',
  'Record-Route: <sip:10.0.0.250;lr>',
  'Contact: <sip:x@10.0.0.250>',
  'Contact: *',
  'Retry-After: 0',
  'Expires: 0',
  'Event: nothing',
  'Subscription-State: terminated',
  'Content-Encoding: gzip',
  'Proxy-Require: nothing',
  'Refer-Sub: false',
  'Refer-To: <sip:c@c>',
  'Join: a;to-tag=b;from-tag=c',
  'Supported: timer, 100rel',
];

/**
 * A message with one thing wrong: a header gone, twice, with another value or a number that is off by some, one that does
 * not belong, another status or method, a body cut short.
 * @param pick a whole number below its argument
 */
export function alterMessage(bytes: Buffer, pick: (below: number) => number): Buffer {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return bytes;
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const body = text.slice(end);
  const at = pick(lines.length);
  const line = lines[at] ?? '';
  const name = line.slice(0, line.indexOf(':'));
  let first = start;
  switch (pick(9)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, line);
      break;
    case 2:
      lines[at] = `${name}: ${ODD_VALUES[pick(ODD_VALUES.length)] ?? ''}`;
      break;
    case 3:
      lines[at] = line.replace(/\d+(?=\D*$)/, (digits) => String(Math.max(0, Number(digits) + pick(5) - 2)));
      break;
    case 4:
      lines.splice(at, 0, STRAYS[pick(STRAYS.length)] ?? '');
      break;
    case 5:
      first = start.replace(/^SIP\/2\.0 \d{3}/, `SIP/2.0 ${100 + pick(600)}`).replace(/^[A-Z]+ /, 'FROBNICATE ');
      break;
    case 6:
      lines[at] = line.replace(/;tag=[^;]*/, '');
      break;
    case 7:
      return Buffer.from(text.slice(0, pick(text.length)), 'latin1');
    default: {
      const octets = Buffer.from(bytes);
      octets[pick(octets.length)] = pick(256);
      return octets;
    }
  }
  return Buffer.from([first, ...lines].join('\r\n') + body, 'latin1');
}
