import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { buildRtpPacket, parseRtpPacket } from '@carillon/rtp';
import type { AudioEngine } from '../../api/audio-engine.js';
import { LINEAR_TO_PCMU, PCMU_TO_LINEAR } from '../../codecs/pcmu.js';
import { measureTone } from './measure-tone.js';

const SAMPLE_RATE = 8_000;
const FRAME = 160;
const HEARD_SECONDS = 1;

/** A phone's media over real UDP: sends a tone as G.711 µ-law and remembers the last second that it heard. */
export class TonePhone {
  private readonly heard: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sequence = 0;
  private phase = 0;
  packetsHeard = 0;

  private constructor(
    readonly endpointId: string,
    private readonly socket: Socket,
    private readonly target: number,
    private readonly toneHz: number,
  ) {
    socket.on('message', (bytes) => this.hear(bytes));
  }

  /** Opens an endpoint of the engine and calls it, as it were. */
  static async call(audio: AudioEngine, toneHz: number): Promise<TonePhone> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const opened = await audio.openEndpoint({});
    if (!opened.ok) throw new Error(opened.detail);
    const { endpointId, rtpPort } = opened.value;
    const phone = new TonePhone(endpointId, socket, rtpPort, toneHz);
    const remote = { address: '127.0.0.1', port: socket.address().port };
    audio.setMedia(endpointId, { codec: 'PCMU', payloadType: 0, remote, direction: 'sendrecv' });
    phone.start();
    return phone;
  }

  /** Level of a frequency in what it heard during the last second, dB relative to full scale. */
  level(frequencyHz: number): number {
    return measureTone(Int16Array.from(this.heard), frequencyHz, SAMPLE_RATE);
  }

  hangUp(): void {
    clearInterval(this.timer);
    this.socket.close();
  }

  private start(): void {
    const startedAt = performance.now();
    this.timer = setInterval(() => {
      const due = Math.floor((performance.now() - startedAt) / 20);
      while (this.sequence < due) this.sendFrame();
    }, 10);
  }

  private sendFrame(): void {
    const payload = new Uint8Array(FRAME);
    for (let index = 0; index < FRAME; index++) {
      this.phase += (2 * Math.PI * this.toneHz) / SAMPLE_RATE;
      payload[index] = LINEAR_TO_PCMU[Math.round(Math.sin(this.phase) * 8_000) & 0xffff] ?? 0xff;
    }
    const header = {
      marker: this.sequence === 0,
      payloadType: 0,
      sequence: this.sequence & 0xffff,
      timestamp: (this.sequence * FRAME) >>> 0,
      ssrc: this.target,
    };
    this.sequence += 1;
    this.socket.send(buildRtpPacket(header, payload), this.target, '127.0.0.1');
  }

  private hear(bytes: Uint8Array): void {
    const parsed = parseRtpPacket(bytes);
    if (!parsed.ok || parsed.packet.payloadType !== 0) return;
    this.packetsHeard += 1;
    for (const octet of parsed.packet.payload) this.heard.push(PCMU_TO_LINEAR[octet] ?? 0);
    this.heard.splice(0, Math.max(0, this.heard.length - SAMPLE_RATE * HEARD_SECONDS));
  }
}
