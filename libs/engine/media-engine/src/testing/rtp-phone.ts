import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { buildRtpPacket, buildTelephoneEvent, classifyDatagram, dtmfEventOfKey, parseRtpPacket } from '@carillon/rtp';
import type { RtpPacket } from '@carillon/rtp';
import type { AudioCodecName, EndpointMedia } from '../api/endpoint.js';
import type { AudioDecoder, AudioEncoder } from '../codecs/audio-codec.js';
import { MAX_DECODED_SAMPLES } from '../codecs/audio-codec.js';
import { amplitudeAt, strongestFrequency } from './measure-tone.js';
import { until } from './wait.js';
import { CODECS } from '../codecs/codec-table.js';

const PAYLOAD_TYPES: Record<AudioCodecName, number> = { PCMU: 0, PCMA: 8, G722: 9, opus: 111 };
const EVENT_PAYLOAD_TYPE = 101;

/** A phone for specs: real UDP, sends a tone and keeps what it hears. */
export class RtpPhone {
  readonly received: RtpPacket[] = [];
  readonly rtcp: Uint8Array[] = [];
  private readonly heard: Int16Array[] = [];
  private encoder: AudioEncoder;
  private saidIn: AudioCodecName;
  private readonly decoder: AudioDecoder;
  private timer: NodeJS.Timeout | null = null;
  private sequence = Math.floor(Math.random() * 0xffff);
  private timestamp = Math.floor(Math.random() * 0xffffffff);
  private phase = 0;
  private target = 0;
  private closed = false;
  ssrc = Math.floor(Math.random() * 0xffffffff);
  /** What it sends with, where that differs from what it receives. */
  payloadType: number;

  private constructor(
    private readonly socket: Socket,
    readonly codec: AudioCodecName,
    readonly port: number,
    private readonly host: string,
  ) {
    this.payloadType = PAYLOAD_TYPES[codec];
    this.saidIn = codec;
    this.encoder = CODECS[codec].createEncoder();
    this.decoder = CODECS[codec].createDecoder();
    socket.on('message', (bytes) => this.receive(bytes));
  }

  /** @param host of loopback: it talks to us at the same one */
  static async open(codec: AudioCodecName, host = '127.0.0.1'): Promise<RtpPhone> {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    await new Promise<void>((done) => socket.bind(0, host, done));
    return new RtpPhone(socket, codec, socket.address().port, host);
  }

  get sampleRate(): number {
    return CODECS[this.codec].sampleRate;
  }

  get sequenceNow(): number {
    return this.sequence;
  }

  /** The same stream from another socket, as behind a NAT that forgot. */
  continueFrom(sequence: number): void {
    this.sequence = sequence;
  }

  /** Says what follows in another codec than it hears, in the midst of a word as well. */
  sayIn(codec: AudioCodecName, payloadType = PAYLOAD_TYPES[codec]): void {
    this.encoder.close();
    this.encoder = CODECS[codec].createEncoder();
    this.saidIn = codec;
    this.payloadType = payloadType;
  }

  /** What an endpoint is told about this phone. */
  media(changes: Partial<EndpointMedia> = {}): EndpointMedia {
    return {
      codec: this.codec,
      payloadType: PAYLOAD_TYPES[this.codec],
      telephoneEvent: { payloadType: EVENT_PAYLOAD_TYPE, clockRate: this.codec === 'opus' ? 48000 : 8000 },
      remote: { address: this.host, port: this.port },
      rtcpMux: true,
      direction: 'sendrecv',
      ...changes,
    };
  }

  /** Sends a tone every 20 ms until stopped; 0 Hz is silence. */
  speak(toPort: number, frequencyHz: number, amplitude = 8000): void {
    this.stopSpeaking();
    this.target = toPort;
    const startMs = performance.now();
    let sent = 0;
    const next = () => {
      while (startMs + sent * 20 <= performance.now()) {
        this.sendFrame(this.toneFrame(frequencyHz, amplitude));
        sent += 1;
      }
      this.timer = setTimeout(next, startMs + sent * 20 - performance.now());
    };
    next();
  }

  stopSpeaking(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  sendFrame(frame: Int16Array, changes: { ssrc?: number; port?: number } = {}): void {
    this.sequence = (this.sequence + 1) & 0xffff;
    const clock = CODECS[this.saidIn].clockRate / 50;
    this.timestamp = (this.timestamp + clock) >>> 0;
    const header = {
      marker: false,
      payloadType: this.payloadType,
      sequence: this.sequence,
      timestamp: this.timestamp,
      ssrc: changes.ssrc ?? this.ssrc,
    };
    this.send(buildRtpPacket(header, this.encoder.encode(frame)), changes.port ?? this.target);
  }

  /** Presses a key for 100 ms of event time, all packets at once (RFC 4733). */
  pressKey(
    key: string,
    toPort: number,
    payloadType = EVENT_PAYLOAD_TYPE,
    clockRate: number = CODECS[this.saidIn].clockRate,
  ): void {
    const event = dtmfEventOfKey(key) ?? 0;
    const clock = clockRate / 50;
    for (let step = 1; step <= 7; step += 1) {
      this.sequence = (this.sequence + 1) & 0xffff;
      const end = step >= 5;
      const header = {
        marker: step === 1,
        payloadType,
        sequence: this.sequence,
        timestamp: this.timestamp,
        ssrc: this.ssrc,
      };
      const payload = buildTelephoneEvent({ event, end, volume: 10, duration: Math.min(step, 5) * clock });
      this.send(buildRtpPacket(header, payload), toPort);
    }
    this.timestamp = (this.timestamp + clock * 6) >>> 0;
  }

  send(bytes: Uint8Array, toPort: number): void {
    if (this.closed) return;
    this.socket.send(bytes, toPort, this.host);
  }

  /** Forgets what was heard so far. */
  forget(): void {
    this.heard.length = 0;
    this.received.length = 0;
  }

  /** What was heard, in one piece. */
  get samples(): Int16Array {
    const all = new Int16Array(this.heard.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of this.heard) {
      all.set(part, offset);
      offset += part.length;
    }
    return all;
  }

  /** Payloads of telephone events received. */
  get events(): RtpPacket[] {
    return this.received.filter((packet) => packet.payloadType === EVENT_PAYLOAD_TYPE);
  }

  /** The last `ms` of what was heard; less if there is less. */
  recent(ms: number): Int16Array {
    const { samples } = this;
    return samples.subarray(Math.max(0, samples.length - (this.sampleRate * ms) / 1000));
  }

  /**
   * Resolves once the last half second holds that tone as the strongest, and at this level if one is given; waits for
   * it, since a busy machine may delay any packet. Rejects with what was heard instead.
   */
  async hears(frequencyHz: number, amplitude: { min: number; max: number } = { min: 1000, max: 32768 }): Promise<void> {
    let heard = '';
    const right = () => {
      const recent = this.recent(500);
      const strongest = strongestFrequency(recent, this.sampleRate);
      const level = amplitudeAt(recent, this.sampleRate, frequencyHz);
      heard = `${recent.length} samples, ${strongest} Hz strongest, amplitude ${Math.round(level)} at ${frequencyHz} Hz`;
      return (
        recent.length >= this.sampleRate / 2 &&
        strongest === frequencyHz &&
        level >= amplitude.min &&
        level <= amplitude.max
      );
    };
    await until(right, 15_000).catch(() => {
      throw new Error(`The phone heard ${heard}.`);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stopSpeaking();
    this.encoder.close();
    this.decoder.close();
    await new Promise<void>((done) => this.socket.close(() => done()));
  }

  private toneFrame(frequencyHz: number, amplitude: number): Int16Array {
    const { sampleRate } = CODECS[this.saidIn];
    const frame = new Int16Array(sampleRate / 50);
    for (let index = 0; index < frame.length; index += 1) {
      frame[index] = amplitude * Math.sin(this.phase);
      this.phase += (2 * Math.PI * frequencyHz) / sampleRate;
    }
    return frame;
  }

  private receive(bytes: Uint8Array): void {
    if (classifyDatagram(bytes) === 'rtcp') {
      this.rtcp.push(bytes);
      return;
    }
    const result = parseRtpPacket(bytes);
    if (!result.ok) return;
    this.received.push(result.packet);
    if (result.packet.payloadType !== PAYLOAD_TYPES[this.codec]) return;
    const into = new Int16Array(MAX_DECODED_SAMPLES);
    const count = this.decoder.decode(result.packet.payload, into);
    this.heard.push(into.slice(0, count));
  }
}
