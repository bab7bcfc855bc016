/**
 * Sends RTP to the ports named on stdin (JSON lines `{ from, to, payloadType, payload, clock }`, payload in hex), one packet
 * every 20 ms to each, from a process of its own so that its cost is not the engine's.
 */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';

const streams = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'go') break;
  const { from, to, payloadType, payload, clock } = JSON.parse(line);
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
  await new Promise((bound) => socket.bind(from, '127.0.0.1', bound));
  const body = Buffer.from(payload, 'hex');
  const packet = Buffer.alloc(12 + body.length);
  packet[0] = 0x80;
  packet[1] = payloadType;
  packet.writeUInt32BE((Math.random() * 0xffffffff) >>> 0, 8);
  body.copy(packet, 12);
  streams.push({ socket, packet, to, clock, sequence: 0, timestamp: 0 });
}

const startMs = performance.now();
let tick = 0;
setInterval(() => {
  while (startMs + tick * 20 <= performance.now()) {
    tick += 1;
    for (const stream of streams) {
      stream.sequence = (stream.sequence + 1) & 0xffff;
      stream.timestamp = (stream.timestamp + stream.clock) >>> 0;
      stream.packet.writeUInt16BE(stream.sequence, 2);
      stream.packet.writeUInt32BE(stream.timestamp, 4);
      stream.socket.send(Buffer.from(stream.packet), stream.to, '127.0.0.1');
    }
  }
}, 5);
