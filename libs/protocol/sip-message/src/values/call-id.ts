/** word of RFC 3261 §25.1: token characters and `()<>:\"/[]?{}`. */
const CALL_ID = /^[A-Za-z0-9\-.!%*_+`'~()<>:\\"/[\]?{}]+(?:@[A-Za-z0-9\-.!%*_+`'~()<>:\\"/[\]?{}]+)?$/;

/** Whether the text is a callid (RFC 3261 §20.8): `word` or `word@word`. */
export function isCallId(text: string): boolean {
  return CALL_ID.test(text);
}

/** One call identifier, as in In-Reply-To (RFC 3261 §20.21). @returns undefined when malformed */
export function parseCallId(text: string): string | undefined {
  const trimmed = text.trim();
  return isCallId(trimmed) ? trimmed : undefined;
}

export function buildCallId(callId: string): string {
  return callId;
}
