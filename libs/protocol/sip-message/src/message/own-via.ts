import { oneLine } from './build-message.js';

/** Octets that recur, to be copied by words. */
export interface Octets {
  readonly octets: Uint8Array;
  readonly words: DataView;
}

/**
 * The Via line of all that goes out one way, as octets: only the branch differs from message to message, and no text of the
 * line is made. Lines that are the same in all messages may follow it.
 */
export class OwnVia {
  readonly before: Octets;
  readonly behind: Octets;
  private readonly endOfText: string;

  /**
   * @param start up to the branch: `SIP/2.0/UDP 192.0.2.1:5060;branch=`
   * @param lines each with its CR LF
   */
  constructor(
    private readonly start: string,
    lines = '',
  ) {
    if (start !== oneLine(start)) throw new TypeError('A line begins with no line break');
    this.endOfText = `\r\n${lines}`;
    this.before = octetsOf(`Via: ${start}`);
    this.behind = octetsOf(this.endOfText);
  }

  /** Octets but for the branch. */
  get length(): number {
    return this.before.octets.length + this.behind.octets.length;
  }

  /** The same as text. */
  lines(branch: string): string {
    return `Via: ${this.start}${oneLine(branch)}${this.endOfText}`;
  }
}

/** Our Via of one message. */
export interface BranchedVia {
  readonly own: OwnVia;
  readonly branch: string;
}

function octetsOf(text: string): Octets {
  const octets = new TextEncoder().encode(text);
  return { octets, words: new DataView(octets.buffer, octets.byteOffset, octets.length) };
}
