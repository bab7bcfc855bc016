/** What SIP and SDP are made of, and what breaks those who read them. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\r\n ',
  ':\r\n\t',
  '\r\r\n',
  ' ; ',
  ' = ',
  '\0',
  ' ',
  '\t',
  '"',
  '\\',
  '\\"',
  '<',
  '>',
  '<>',
  '(',
  ')',
  ';',
  ';;',
  ',',
  ',,',
  '=',
  ':',
  '@',
  '?',
  '&',
  '%',
  '%00',
  '%zz',
  '%C3',
  '[',
  ']',
  '[::1]',
  '*',
  '/',
  '--',
  '\u00e9',
  '\u{1f600}',
  '\u0080',
  'sip:',
  'sips:',
  'tel:',
  'SIP/2.0',
  ';tag=',
  ';lr',
  ';branch=z9hG4bK',
  ';q=1',
  ';expires=',
  ';index=1.1',
  ';remote=',
  '0',
  '-1',
  '4294967295',
  '4294967296',
  '99999999999999999999',
  '1e9',
  '2147483648',
  'Content-Length: ',
  'l: ',
  'Via: ',
  'v:',
  'Contact: ',
  'Route: ',
  'Content-Type: multipart/mixed;boundary=x',
  '--x',
  'a=',
  'm=',
  'c=IN IP4 ',
  'o=',
].map((text) => Buffer.from(text));
/** Changes to one input at most. */
const MOST_CHANGES = 6;
const LARGEST = 70_000;

/**
 * One input made from the corpus.
 *
 * @param {Buffer[]} corpus
 * @param {(below: number) => number} random
 * @returns {Buffer}
 */
export function mutate(corpus, random) {
  const pick = (list) => list[random(list.length)];
  let bytes = Buffer.from(pick(corpus));
  const changes = 1 + random(MOST_CHANGES);
  for (let count = 0; count < changes && bytes.length < LARGEST; count++)
    bytes = pick(CHANGES)(bytes, { random, pick, corpus });
  return bytes.subarray(0, LARGEST);
}

const CHANGES = [
  /** Another octet. */
  (bytes, { random }) => {
    if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  /** A piece more. */
  (bytes, { random, pick }) => splice(bytes, random(bytes.length + 1), 0, pick(PIECES)),
  /** A piece for something else. */
  (bytes, { random, pick }) => splice(bytes, random(bytes.length + 1), random(20), pick(PIECES)),
  /** A range less. */
  (bytes, { random }) => splice(bytes, random(bytes.length + 1), random(60)),
  /** The end less. */
  (bytes, { random }) => bytes.subarray(0, random(bytes.length + 1)),
  /** A range twice, or many times. */
  (bytes, { random }) => {
    const from = random(bytes.length + 1);
    const range = bytes.subarray(from, from + 1 + random(80));
    const times = random(4) === 0 ? random(400) : 1;
    return splice(bytes, from, 0, Buffer.concat(Array.from({ length: times }, () => range)));
  },
  /** A line elsewhere. */
  (bytes, { random }) => {
    const lines = bytes.toString('latin1').split('\n');
    const [line = ''] = lines.splice(random(lines.length), 1);
    lines.splice(random(lines.length + 1), 0, line);
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  /** The beginning of one, the end of another. */
  (bytes, { random, pick, corpus }) => {
    const other = pick(corpus);
    return Buffer.concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]);
  },
  /** A line of another. */
  (bytes, { random, pick, corpus }) => {
    const line = pick(pick(corpus).toString('latin1').split('\n'));
    const at = bytes.indexOf(10, random(bytes.length + 1)) + 1;
    return splice(bytes, at, 0, Buffer.from(`${line}\n`, 'latin1'));
  },
];

function splice(bytes, at, remove, insert = Buffer.alloc(0)) {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
}
