import { ALICE, BOB } from './test-bed.js';
import type { TestBed } from './test-bed.js';

export interface ScriptedReply {
  /** To tag; left as it is in the request when undefined. */
  tag?: string;
  /** Header lines, `Name: value`. */
  headers?: readonly string[];
  sdp?: string;
  /** Contact URI; `<tag>@address` of the peer when left out, none when null. */
  contact?: string | null;
}

/** A peer without a stack, that says what a test wants it to say: wrong, late, or several at once. */
export class ScriptedPeer {
  /** Messages that came, in order, repeats included. */
  readonly received: string[] = [];
  /** Called for each message. */
  onMessage: ((text: string) => void) | undefined;
  private readonly write: (text: string, to: string) => void;
  private branches = 0;

  constructor(
    bed: TestBed,
    readonly address: string,
    private readonly other: string,
  ) {
    this.write = bed.network.attach(address, 5060, (text) => {
      this.received.push(text);
      this.onMessage?.(text);
    });
  }

  /** In the place of Bob: Alice calls it. */
  static async asBob(bed: TestBed): Promise<ScriptedPeer> {
    await bed.bob.close();
    return new ScriptedPeer(bed, BOB.host, `${ALICE.host}:${ALICE.port}`);
  }

  /** In the place of Alice: it calls Bob. */
  static async asAlice(bed: TestBed): Promise<ScriptedPeer> {
    await bed.alice.close();
    return new ScriptedPeer(bed, ALICE.host, `${BOB.host}:${BOB.port}`);
  }

  /** Messages whose first line starts so. */
  got(start: string): string[] {
    return this.received.filter((text) => text.startsWith(start));
  }

  /** The last of them. */
  last(start: string): string {
    const found = this.got(start).at(-1);
    if (found === undefined) throw new Error(`No ${start} came`);
    return found;
  }

  reply(request: string, status: number, reply: ScriptedReply = {}): void {
    const { tag, headers = [], sdp, contact } = reply;
    const copied = request
      .split('\r\n')
      .filter((line) => /^(Via|From|To|Call-ID|CSeq|Record-Route):/.test(line))
      .map((line) =>
        line.startsWith('To:') && !/;tag=/.test(line) && tag !== undefined ? `${line};tag=${tag}` : line,
      );
    const lines = [`SIP/2.0 ${status} Scripted`, ...copied];
    if (contact !== null) lines.push(`Contact: <${contact ?? `sip:${tag ?? 'peer'}@${this.address}`}>`);
    this.write([...lines, ...headers, ...bodyLines(sdp)].join('\r\n'), this.other);
  }

  /** A request of its own; an empty tag is none. @param about header lines after the mandatory ones */
  request(
    method: string,
    dialog: { callId: string; localTag: string; remoteTag?: string; sequence: number; uri?: string },
    about: {
      headers?: readonly string[];
      sdp?: string;
      /** A body whose type is among the headers. */
      text?: string;
      branch?: string;
      contact?: string | null;
    } = {},
  ): string {
    const { callId, localTag, remoteTag, sequence } = dialog;
    this.branches += 1;
    const to = remoteTag === undefined ? '' : `;tag=${remoteTag}`;
    const lines = [
      `${method} ${dialog.uri ?? `sip:bob@${this.other}`} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.address}:5060;rport;branch=${about.branch ?? `z9hG4bKpeer${this.branches}`}`,
      'Max-Forwards: 70',
      `From: <sip:peer@p.example>${localTag === '' ? '' : `;tag=${localTag}`}`,
      `To: <sip:bob@b.example>${to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${sequence} ${method}`,
    ];
    if (about.contact !== null) lines.push(`Contact: <${about.contact ?? `sip:peer@${this.address}:5060`}>`);
    const body =
      about.text === undefined ? bodyLines(about.sdp) : [`Content-Length: ${about.text.length}`, '', about.text];
    const text = [...lines, ...(about.headers ?? []), ...body].join('\r\n');
    this.write(text, this.other);
    return text;
  }
}

function bodyLines(sdp: string | undefined): string[] {
  if (sdp === undefined) return ['Content-Length: 0', '', ''];
  return ['Content-Type: application/sdp', `Content-Length: ${sdp.length}`, '', sdp];
}

/** Value of a header in a message's text. */
export function headerOf(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*?)\\r$`, 'im').exec(text)?.[1];
}

/** Body of a message's text. */
export function bodyOf(text: string): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

/** The tag of a From or To header. */
export function tagOf(text: string, name: 'From' | 'To'): string | undefined {
  return /;tag=([^;\s]+)/.exec(headerOf(text, name) ?? '')?.[1];
}
