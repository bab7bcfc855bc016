/** What a ladder shows of a message at a glance. */
export interface MessageDescription {
  readonly method: string;
  readonly cseq: number;
  /** Null for a request. */
  readonly status: number | null;
  readonly reason: string;
  readonly sdp: boolean;
}

const STATUS_LINE = /^SIP\/2\.0 (\d{3})(?: ([^\r\n]{0,120}))?/;
const CSEQ = /\ncseq[ \t]{0,9}:[ \t\r\n]{0,9}(\d{1,10})[ \t\r\n]{1,9}([^\s]{1,32})/i;
const SDP = /\n(?:content-type|c)[ \t]{0,9}:[ \t]{0,9}application\/sdp/i;

/** Read once, when the message is kept for good. Broken ones still get a description. */
export function describeMessage(text: string): MessageDescription {
  const cseq = CSEQ.exec(text);
  const status = STATUS_LINE.exec(text);
  const requestMethod = status === null ? text.slice(0, 32).split(' ', 1)[0] : undefined;
  return {
    method: requestMethod ?? cseq?.[2] ?? '?',
    cseq: Number(cseq?.[1] ?? 0),
    status: status === null ? null : Number(status[1]),
    reason: status?.[2]?.trim() ?? '',
    // In a multipart body the part's header comes after the empty line, which is found as well.
    sdp: SDP.test(text),
  };
}
