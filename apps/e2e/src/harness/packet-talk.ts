import { createSocket, type Socket } from 'node:dgram';
import { until } from './wait.js';

/** RTP at 8000 Hz, 20 ms a packet. */
const SAMPLES = 160;
const PACKET_MS = 20;
const HEADER_OCTETS = 12;
/** Half a second of the other side's sound. */
const ENOUGH_PACKETS = 25;

/** One side's sound: the same octet of G.711 µ-law over and over, so that the other side knows whose it is. */
export class PacketTalk {
  private readonly packet: Buffer;
  private readonly heard = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;
  private sequence = 0;

  private constructor(
    private readonly socket: Socket,
    speaks: number,
  ) {
    this.packet = Buffer.alloc(HEADER_OCTETS + SAMPLES, speaks);
    this.packet.fill(0, 0, HEADER_OCTETS);
    // RFC 3550 §5.1: version 2, payload type 0, and a source that is this one's own.
    this.packet[0] = 0x80;
    this.packet.writeUInt32BE(0x0dd0_0000 + speaks, 8);
    socket.on('message', (bytes) => this.hear(bytes));
  }

  static async open(speaks: number): Promise<PacketTalk> {
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => {
      socket.bind(0, '127.0.0.1', bound);
    });
    return new PacketTalk(socket, speaks);
  }

  /** The SDP that it offers, and answers with. */
  get description(): string {
    const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
    const media = [`m=audio ${this.socket.address().port} RTP/AVP 0`, 'a=rtpmap:0 PCMU/8000', 'a=sendrecv'];
    return `${[...lines, ...media].join('\r\n')}\r\n`;
  }

  /** Speaks from now on to where a message's SDP says. */
  to(message: string): void {
    const address = /^c=IN IP4 (\S+)/m.exec(message)?.[1];
    const port = Number(/^m=audio (\d+)/m.exec(message)?.[1]);
    if (address === undefined || !(port > 0)) throw new Error(`No place to speak to in\n${message}`);
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      this.sequence += 1;
      this.packet.writeUInt16BE(this.sequence & 0xffff, 2);
      this.packet.writeUInt32BE((this.sequence * SAMPLES) >>> 0, 4);
      this.socket.send(this.packet, port, address);
    }, PACKET_MS);
  }

  /** Until it has heard half a second of who speaks this octet. */
  async hears(octet: number): Promise<void> {
    const before = this.heard.get(octet) ?? 0;
    await until(`the sound of 0x${octet.toString(16)}`, () => (this.heard.get(octet) ?? 0) - before >= ENOUGH_PACKETS);
  }

  close(): void {
    clearInterval(this.timer);
    this.socket.close();
  }

  private hear(bytes: Buffer): void {
    const octet = bytes[HEADER_OCTETS];
    if (octet === undefined || !bytes.subarray(HEADER_OCTETS).every((one) => one === octet)) return;
    this.heard.set(octet, (this.heard.get(octet) ?? 0) + 1);
  }
}
