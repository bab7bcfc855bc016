/** What a ladder shows of a message at a glance. */
export interface MessageDescription {
  readonly method: string;
  readonly cseq: number;
  /** Null for a request. */
  readonly status: number | null;
  readonly reason: string;
  readonly sdp: boolean;
}

const CSEQ = /\ncseq[ \t]{0,9}:[ \t\r\n]{0,9}(\d{1,10})[ \t\r\n]{1,9}([^\s]{1,32})/i;
/** As nearly everybody writes it: found without looking at every character. */
const PLAIN_CSEQ = '\nCSeq: ';
const CSEQ_VALUE = /(\d{1,10}) ([A-Za-z]{1,32})/y;
const SDP = /\n(?:content-type|c)[ \t]{0,9}:[ \t]{0,9}application\/sdp/i;
const [STATUS_AT, REASON_AT, LONGEST_REASON] = [8, 12, 120];

/** Read once, when the message is kept for good. Broken ones still get a description. */
export function describeMessage(text: string): MessageDescription {
  const isResponse = text.startsWith('SIP/2.0 ');
  const [cseq, cseqMethod] = readCSeq(text);
  return {
    method: isResponse ? cseqMethod : (text.slice(0, 32).split(' ', 1)[0] ?? cseqMethod),
    cseq,
    status: isResponse ? Number.parseInt(text.slice(STATUS_AT, STATUS_AT + 3), 10) || 0 : null,
    reason: isResponse ? readReason(text) : '',
    // In a multipart body the part's header comes after the empty line, which is found as well.
    sdp: !text.endsWith('\r\n\r\n') && SDP.test(text),
  };
}

function readReason(text: string): string {
  const end = text.indexOf('\r', REASON_AT);
  return text.slice(REASON_AT, Math.min(end < 0 ? REASON_AT : end, REASON_AT + LONGEST_REASON)).trim();
}

function readCSeq(text: string): [cseq: number, method: string] {
  const at = text.indexOf(PLAIN_CSEQ);
  CSEQ_VALUE.lastIndex = at + PLAIN_CSEQ.length;
  const found = (at < 0 ? null : CSEQ_VALUE.exec(text)) ?? CSEQ.exec(text);
  return [Number(found?.[1] ?? 0), found?.[2] ?? '?'];
}
