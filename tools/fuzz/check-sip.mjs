import {
  DEFAULT_MESSAGE_LIMITS,
  OwnVia,
  TYPED_HEADERS,
  buildEditedMessage,
  checkMandatoryHeaders,
  findPart,
  hasOneVia,
  isSentBy,
  parseCpim,
  parseIdentities,
  parseMessage,
  parseMultipart,
  parseSipFragment,
  parseUri,
  parseDigestChallenge,
  parseDigestCredentials,
  sameUri,
  sessionDescription,
  outboundContact,
  parsePushParameters,
  parseUriHeaders,
  viaParameters,
} from '@carillon/sip-message';

const NAMES = Object.keys(TYPED_HEADERS);

/** A copy may be longer than what is taken in: it has a Content-Length, and CRLF at the end of each line. */
const COPY_LIMITS = {
  ...DEFAULT_MESSAGE_LIMITS,
  maxHeadBytes: 2 * DEFAULT_MESSAGE_LIMITS.maxHeadBytes,
  maxHeaders: DEFAULT_MESSAGE_LIMITS.maxHeaders + 1,
};

/**
 * What must hold for any octets: they are read without an exception, what was read is written and read again as the
 * same, and a copy of the message is the message.
 *
 * @param {Buffer} bytes
 */
export function checkSip(bytes) {
  const stream = parseMessage(bytes, { framing: 'stream' });
  if (stream.ok && stream.length > bytes.length) throw new Error('More octets used than there were');
  const result = parseMessage(bytes);
  parseSipFragment(bytes);
  parseCpim(bytes);
  if (!result.ok) {
    if (result.request !== undefined) readAll(result.request);
    return;
  }
  const { message } = result;
  checkMandatoryHeaders(message);
  readAll(message);
  const copy = parseMessage(buildEditedMessage(message, {}), { framing: 'datagram', limits: COPY_LIMITS });
  if (!copy.ok) throw new Error(`The copy is ${copy.malformed}`);
  if (!sameLines(message, copy.message)) throw new Error('The copy has other lines');
  checkLineEnds(copy.message);
  checkShortcuts(message, parseMessage(bytes).message);
  checkQuickCopy(message);
}

const VIA = 'SIP/2.0/UDP p.example;branch=';
const BRANCH = 'z9hG4bK1';
const OWN = new OwnVia(VIA, 'Max-Breadth: 60\r\n');
const QUICK = { via: { own: OWN, branch: BRANCH }, maxForwards: 69 };
const TEXT = {
  first: [
    ['Via', VIA + BRANCH],
    ['Max-Breadth', '60'],
  ],
  maxForwards: 69,
};
const MARKED = 'SIP/2.0/UDP marked.example';

/** A copy whose front alone changes is made in one piece, any other line by line: both are the same. */
function checkQuickCopy(message) {
  if (!buildEditedMessage(message, QUICK).equals(buildEditedMessage(message, TEXT))) throw new Error('Two Vias differ');
  const recorded = { first: [['Record-Route', '<sip:p.example;lr>']] };
  const marked = message.has('Via') ? { topVia: MARKED } : {};
  const edits = [
    QUICK,
    { ...QUICK, ...recorded },
    { ...QUICK, uri: 'sip:c', ...marked },
    { dropFirst: ['Via'] },
    marked,
  ];
  for (const each of edits) {
    const quick = buildEditedMessage(message, each);
    if (!quick.equals(buildEditedMessage(message, { ...each, last: [] }))) throw new Error('Two copies differ');
  }
}

/** What is sent on has one kind of line end, wherever it stands: others might take a lone CR or LF for one. */
function checkLineEnds({ octets }) {
  const head = octets.bytes.toString('latin1', octets.start, octets.bodyStart);
  if (/\r(?!\n)|(?<!\r)\n/.test(head)) throw new Error('The copy has a lone CR or LF');
}

/** What is read straight from the octets is what the whole parser reads. */
function checkShortcuts(parsed, fresh) {
  const { topVia, from, to } = parsed;
  const route = parsed.values('Route')[0];
  // Where the whole parser has none, a comparison has none either.
  const written = /^SIP\/2\.0\/\S+ ([^;,]*)/.exec(parsed.header('Via') ?? '')?.[1] ?? '';
  const pairs = [
    ['branch', fresh.branch, topVia && topVia.parameters.get('branch'), topVia],
    ['one Via', hasOneVia(fresh), parsed.values('Via').length === 1, true],
    ['sent-by', isSentBy(fresh, parsed.sentBy ?? ''), parsed.sentBy !== undefined, true],
    ['sent-by as it is written', isSentBy(fresh, written), parsed.sentBy === written, true],
    ['From tag', fresh.fromTag, from?.parameters.get('tag') || undefined, from],
    ['To tag', fresh.toTag, to?.parameters.get('tag') || undefined, to],
    ['CSeq', JSON.stringify(fresh.cseq), JSON.stringify(parsed.read('CSeq')), true],
    ['Call-ID', fresh.callId, parsed.header('Call-ID'), true],
    ['Route', fresh.topRoute?.uri, route && TYPED_HEADERS.Route.parse(route)?.uri, route],
    ['Max-Forwards', fresh.maxForwards, parsed.read('Max-Forwards'), parsed.kind === 'request'],
  ];
  for (const [name, short, whole, counts] of pairs) {
    if (counts && short !== whole) throw new Error(`${name} is read as ${short} and as ${whole}`);
  }
}

function readAll(message) {
  void [
    message.branch,
    message.sentBy,
    message.topRoute,
    message.topVia,
    message.from,
    message.to,
    message.fromTag,
    message.toTag,
    message.callId,
    message.cseq,
    message.uri,
  ];
  void [message.contacts, message.contactUri, message.expires, message.event, message.reasons, message.maxForwards];
  for (const name of NAMES) {
    if (!message.has(name)) continue;
    message.read(name);
    const values = message.readAll(name) ?? [];
    for (const value of values) checkValue(name, value);
  }
  for (const value of message.values('Via')) {
    const via = TYPED_HEADERS.Via.parse(value);
    if (via !== undefined) viaParameters(via.parameters);
  }
  for (const header of ['Authorization', 'WWW-Authenticate']) {
    for (const value of message.headers(header)) {
      parseDigestCredentials(value);
      parseDigestChallenge(value);
    }
  }
  parseIdentities(message.values('P-Asserted-Identity'));
  for (const contact of message.contacts) {
    if (contact.wildcard) continue;
    outboundContact(contact.parameters);
    const uri = parseUri(contact.uri);
    if (uri?.scheme === 'sip') {
      parsePushParameters(uri.parameters);
      parseUriHeaders(uri.headers);
      if (uri.headers === undefined && !sameUri(contact.uri, contact.uri))
        throw new Error(`${contact.uri} is not itself`);
    }
  }
  const type = message.header('Content-Type') ?? '';
  parseMultipart(message.body, type);
  findPart(message.body, type, 'application/sdp');
  sessionDescription(message);
}

function checkValue(name, value) {
  const { parse, build } = TYPED_HEADERS[name];
  const written = build(value);
  if (/[\r\n]/.test(written)) return;
  const again = parse(written);
  if (again === undefined || build(again) !== written)
    throw new Error(`${name} is written as ${JSON.stringify(written)}, and that is not read`);
}

function sameLines(message, copy) {
  const lines = [...message.lines()].map((line) => line.join(':'));
  const copied = [...copy.lines()].map((line) => line.join(':'));
  return lines.every((line, at) => line === copied[at]) && copy.body.equals(message.body);
}
