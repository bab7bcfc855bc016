import { createSocket, type Socket } from 'node:dgram';

export interface HepMessage {
  /** Values of the chunks by their type, vendor 0. */
  readonly chunks: ReadonlyMap<number, Buffer>;
  readonly payload: string;
  readonly correlationId: string;
}

/** Takes what is sent by HEPv3 over UDP. */
export class HepCollector {
  readonly packets: Buffer[] = [];

  private constructor(
    private readonly socket: Socket,
    readonly port: number,
  ) {
    socket.on('message', (packet) => this.packets.push(packet));
  }

  static async start(): Promise<HepCollector> {
    const socket = createSocket('udp4');
    await new Promise<void>((listening) => {
      socket.bind(0, '127.0.0.1', listening);
    });
    return new HepCollector(socket, socket.address().port);
  }

  get messages(): HepMessage[] {
    return this.packets.map(read);
  }

  close(): void {
    this.socket.close();
  }
}

/** @throws Error where it is no HEPv3 */
function read(packet: Buffer): HepMessage {
  if (packet.toString('latin1', 0, 4) !== 'HEP3' || packet.readUInt16BE(4) !== packet.length)
    throw new Error(`Not a HEPv3 packet: ${packet.toString('hex', 0, 16)}`);
  const chunks = new Map<number, Buffer>();
  let at = 6;
  while (at < packet.length) {
    const [vendor, type, length] = [0, 2, 4].map((offset) => packet.readUInt16BE(at + offset));
    if (vendor !== 0 || type === undefined || length === undefined || length < 6) throw new Error('A broken chunk');
    chunks.set(type, packet.subarray(at + 6, at + length));
    at += length;
  }
  if (at !== packet.length) throw new Error('The last chunk is cut off');
  const textOf = (type: number): string => (chunks.get(type) ?? Buffer.alloc(0)).toString('latin1');
  return { chunks, payload: textOf(0x0f), correlationId: textOf(0x11) };
}
