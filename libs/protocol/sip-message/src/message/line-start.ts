/**
 * The beginning of a header line that recurs, as octets: `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=`. Where only the end of a
 * line differs from message to message, no text of the whole line is made.
 */
export class LineStart {
  readonly octets: Uint8Array;
  readonly words: DataView;

  constructor(text: string) {
    if (/[\r\n]/.test(text)) throw new TypeError('A line begins with no line break');
    this.octets = new TextEncoder().encode(text);
    this.words = new DataView(this.octets.buffer, this.octets.byteOffset, this.octets.length);
  }
}

/** A line whose beginning recurs. */
export interface StartedLine {
  readonly start: LineStart;
  readonly end: string;
}
