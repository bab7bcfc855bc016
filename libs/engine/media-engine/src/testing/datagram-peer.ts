import { createSocket, type Socket } from 'node:dgram';

const LOOPBACK = '127.0.0.1';

/** A bare socket on loopback, and what came to it. */
export interface DatagramPeer {
  readonly socket: Socket;
  readonly port: number;
  readonly received: { readonly bytes: Buffer; readonly port: number }[];
}

export async function openPeer(): Promise<DatagramPeer> {
  const socket = createSocket('udp4');
  const received: { bytes: Buffer; port: number }[] = [];
  socket.on('message', (bytes, { port }) => received.push({ bytes, port }));
  await new Promise<void>((settle) => socket.bind(0, LOOPBACK, settle));
  return { socket, port: socket.address().port, received };
}

/** A packet of a source, with eight octets of payload. */
export function rtpOf(ssrc: number, sequence: number): Buffer {
  const packet = Buffer.alloc(20);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}
