import type { RtpPacket } from '@carillon/rtp';
import type { EndpointMedia, EndpointStatistics, TransportAddress } from '../api/endpoint.js';
import type { AudioEngineEvent } from '../api/events.js';
import { addFrame } from '../audio/add-frames.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import type { AudioCodec } from '../codecs/audio-codec.js';
import { CODECS } from '../codecs/codec-table.js';
import type { Playback } from '../player/playback.js';
import type { Recording } from '../recorder/recording.js';
import type { MediaClock } from '../worker/media-clock.js';
import { DecodingPath } from './decoding-path.js';
import { DtmfReceiver } from './dtmf-receiver.js';
import { DtmfSender } from './dtmf-sender.js';
import { EndpointRecordings } from './endpoint-recordings.js';
import type { HeardSource } from './heard-source.js';
import { KeyTones } from './key-tones.js';
import { OwnSound } from './own-sound.js';
import { ReceivedFormats } from './received-formats.js';
import { RtpSession } from './rtp-session.js';
import { SendingPath } from './sending-path.js';
import { SilentStretch } from './silent-stretch.js';
import { SpeakerSource } from './speaker-source.js';
import type { UdpPortPair } from './udp-port-pair.js';

/** A relayed source quiet for longer than this is replaced by silence. */
const RELAY_GAP_MS = 100;

export interface PhoneEndpointContext {
  endpointId: string;
  clock: MediaClock;
  resamplers: ResamplerFactory;
  rtpSilenceTimeoutMs: number;
  emit(event: AudioEngineEvent): void;
}

/**
 * One phone's audio.
 *
 * ```
 * RTP in  ──> latch ──┬─ same codec ──────────────> peer's RTP out
 *                     └─ jitter buffer ─> decode ─> mixes, recordings, taps, transcoding peers
 * playback | key tones | mix, peer or echo | silence ─> encode ─> RTP out
 * ```
 */
export class PhoneEndpoint {
  readonly speaker = new DecodingPath();
  playback: Playback | null = null;
  private readonly session: RtpSession;
  private readonly sending: SendingPath;
  private media: EndpointMedia | null = null;
  /** What we send; what we receive may be in another. */
  private codec: AudioCodec | null = null;
  private readonly received = new ReceivedFormats();
  private heard: HeardSource | null = null;
  private peer: PhoneEndpoint | null = null;
  private muted = false;
  private started = false;
  private silenceReported = false;
  private readonly silence = new SilentStretch();
  private readonly recordings: EndpointRecordings;
  private ownSound = new OwnSound();
  private lastRelayMs = 0;
  private readonly openedMs: number;
  private readonly dtmfOut = new DtmfSender();
  private readonly keysHeard = {
    onBegin: (key: string): void => this.beginKey(key),
    onEnd: (key: string, durationMs: number): void => this.endKey(key, durationMs, 'rtp'),
  };
  private readonly dtmfIn = new DtmfReceiver(this.keysHeard);
  private readonly keyTones = new KeyTones(this.speaker, this.keysHeard);

  constructor(
    private readonly context: PhoneEndpointContext,
    stream: { readonly pair: UdpPortPair; readonly ssrc: number; readonly cname: string },
  ) {
    this.openedMs = context.clock.monotonicMs();
    this.recordings = new EndpointRecordings(this.speaker, context.resamplers);
    this.session = new RtpSession(
      { ...stream, clock: context.clock },
      {
        classify: (payloadType) => this.received.kindOf(payloadType),
        onPacket: (packet, kind, newSource) => this.receive(packet, kind, newSource),
        onFailure: (error) => this.emitLost('socket-failed', error.message),
      },
    );
    this.sending = new SendingPath(this.session.stream);
  }

  get endpointId(): string {
    return this.context.endpointId;
  }

  get sampleRate(): 8000 | 16000 {
    return this.codec?.sampleRate ?? 8000;
  }

  get currentPeer(): PhoneEndpoint | null {
    return this.peer;
  }

  setMedia(media: EndpointMedia): void {
    const codec = CODECS[media.codec];
    this.media = media;
    this.codec = codec;
    this.received.agree(media);
    this.session.setRemote({
      remote: media.remote,
      rtcpMux: media.rtcpMux ?? false,
      clockRate: codec.clockRate,
      receivedClockRate: this.received.clockRate,
      ...(media.remoteRtcp === undefined ? {} : { remoteRtcp: media.remoteRtcp }),
      ...(media.lookedUp === undefined ? {} : { lookedUp: media.lookedUp }),
      ...(media.srtp === undefined ? {} : { srtp: media.srtp }),
    });
    const { packetTimeMs } = media;
    this.sending.setCodec(codec, media.payloadType, packetTimeMs === undefined ? {} : { packetTimeMs });
    // After a hold the silence clock starts afresh.
    if (this.session.lastHeardMs !== null) this.session.lastHeardMs = this.context.clock.monotonicMs();
    this.refreshPeer();
    this.peer?.refreshPeer();
    this.refreshKeyTones();
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
  }

  /** Hears `peer`: packet by packet where the codecs agree, decoded where not. Itself is an echo. */
  listenToPeer(peer: PhoneEndpoint): void {
    this.stopListening();
    this.peer = peer;
    // It may take as long to begin as to go on, before silence is sent in its place.
    this.lastRelayMs = this.context.clock.monotonicMs();
    this.refreshPeer();
    this.refreshKeyTones();
  }

  /** Hears a mix or a link. */
  listenTo(source: HeardSource): void {
    this.stopListening();
    this.heard = source;
  }

  stopListening(): void {
    this.heard?.close();
    this.heard = null;
    this.peer = null;
    this.session.stream.interrupt();
    this.refreshKeyTones();
  }

  /** A key that the other side holds down. On hold, before an answer and with too many waiting, it is lost. */
  pressKey(key: string): void {
    if (this.sends) this.dtmfOut.press(key, null);
  }

  releaseKey(key: string, durationMs: number): void {
    this.dtmfOut.release(key, durationMs);
  }

  /** A key that signalling brought. */
  inputKey(key: string, durationMs: number): void {
    if (this.keyTones.toldOtherwise(key, this.context.clock.monotonicMs())) return;
    this.beginKey(key);
    this.endKey(key, durationMs, 'command');
  }

  addRecording(recording: Recording): void {
    this.recordings.add(recording);
    this.refreshPeer();
  }

  /** First half of a tick: what the user says. */
  receiveTick(nowMs: number): void {
    this.session.tick(nowMs);
    this.dtmfIn.tick(nowMs);
    this.speaker.tick(this.session.jitterMs);
    this.keyTones.tick(nowMs);
    this.watchSilence(nowMs);
  }

  /** Second half: what the user hears. */
  sendTick(nowMs: number): void {
    const heard = this.makeAndSend(nowMs);
    if (this.recordings.feed(heard)) this.refreshPeer();
  }

  statistics(): EndpointStatistics {
    return {
      endpointId: this.endpointId,
      codec: this.media?.codec ?? null,
      durationMs: Math.round(this.context.clock.monotonicMs() - this.openedMs),
      packetsDiscarded: this.speaker.discardedPackets,
      ...this.session.statistics(),
    };
  }

  /** Ends what plays and records, says goodbye, gives the ports back: at once, unless a recording is to be put in place. */
  close(reason: string): EndpointStatistics | Promise<EndpointStatistics> {
    this.playback?.end('target-closed');
    this.playback = null;
    this.stopListening();
    return this.recordings.end()?.then(() => this.closeStream(reason)) ?? this.closeStream(reason);
  }

  private closeStream(reason: string): EndpointStatistics {
    const statistics = this.statistics();
    this.speaker.close();
    this.sending.close();
    this.session.close(reason);
    return statistics;
  }

  private receive(packet: RtpPacket, kind: 'audio' | 'event' | 'ignored', newSource: boolean): void {
    const nowMs = this.context.clock.monotonicMs();
    if (newSource) this.reportSource();
    this.silenceReported = false;
    if (kind === 'event') {
      this.dtmfIn.receive(packet, this.received.eventClockRate(packet.payloadType), nowMs);
      this.speaker.feed(packet, null, newSource);
      return;
    }
    if (kind === 'audio' && this.received.follow(packet.payloadType)) this.receivedChanged();
    const direction = this.media?.direction;
    const silenced = this.muted || direction === 'sendonly' || direction === 'inactive';
    if (kind === 'ignored' || silenced) {
      this.speaker.feed(packet, null, newSource);
      return;
    }
    this.peer?.relay(this, packet, nowMs);
    this.speaker.feed(packet, this.received.codec, newSource);
  }

  /** The other side sends in another codec than before, or has kept to it for a while. */
  private receivedChanged(): void {
    this.session.setReceivedClockRate(this.received.clockRate);
    this.peer?.refreshPeer();
  }

  /** Takes a packet of the peer, unless frames are heard instead. */
  private relay(from: PhoneEndpoint, packet: RtpPacket, nowMs: number): void {
    if (this.peer !== from || this.heard !== null || this.media === null || !this.sends) return;
    if (this.replaced || this.dtmfOut.busy) return;
    this.lastRelayMs = nowMs;
    this.session.stream.relay(from, packet, this.media.payloadType, nowMs);
  }

  /** Packets where possible; frames where codecs or lengths of packets differ, or where both sides are recorded or overlaid. */
  private refreshPeer(): void {
    const { peer } = this;
    if (peer === null) return;
    const frames =
      this.codec === null ||
      peer.received.steadyCodec !== this.codec ||
      peer.media?.packetTimeMs !== this.media?.packetTimeMs ||
      (this.playback !== null && !this.replaced) ||
      this.recordings.ofBothSides;
    if (frames && this.heard === null) this.heard = new SpeakerSource(peer.speaker, this.context.resamplers);
    if (!frames && this.heard !== null) {
      this.heard.close();
      this.heard = null;
    }
  }

  /** People hear tones themselves; it is menus and mailboxes that need to be told of them. */
  private refreshKeyTones(): void {
    this.keyTones.listen(this.peer === null && this.media !== null && saysKeysAsTones(this.media));
  }

  /** Called after `playback` changed. */
  playbackChanged(): void {
    this.ownSound = new OwnSound();
    this.refreshPeer();
  }

  private get sends(): boolean {
    const direction = this.media?.direction;
    return (direction === 'sendrecv' || direction === 'sendonly') && this.session.canSend;
  }

  private get yields(): boolean {
    return this.playback?.blend === 'yield';
  }

  private get replaced(): boolean {
    return this.playback !== null && this.playback.blend === 'replace';
  }

  /** Returns the frame that was heard, when there was one. */
  private makeAndSend(nowMs: number): Int16Array | null {
    const played = this.playFrame();
    if (this.media === null || this.codec === null || !this.sends) return null;
    if (this.dtmfOut.busy) return this.sendKeyTick(nowMs);
    if (played !== null && this.replaced) {
      this.sending.sendFrame(played, nowMs);
      return played;
    }
    if (this.heard === null) {
      const relaying = this.peer !== null && nowMs - this.lastRelayMs < RELAY_GAP_MS;
      if (played !== null) this.sending.sendFrame(played, nowMs);
      else if (!relaying && this.silence.isDue(nowMs)) this.sending.sendFrame(null, nowMs);
      if (played !== null || relaying) this.silence.end();
      return played;
    }
    const mayShare = played === null && !this.recordings.ofBothSides && this.sending.takesPayloads;
    const shared = mayShare ? this.heard.sharedPayload(this.codec) : null;
    if (shared !== null) {
      this.sending.sendPayload(shared, nowMs);
      return null;
    }
    const heard = this.heard.frameFor(this.codec.sampleRate);
    const frame = this.blended(played, heard);
    this.sending.sendFrame(frame, nowMs);
    return frame;
  }

  private blended(played: Int16Array | null, heard: Int16Array | null): Int16Array | null {
    if (played === null) return heard;
    if (!this.yields) return addFrame(played, heard);
    return this.ownSound.sounds(heard) ? heard : played;
  }

  private playFrame(): Int16Array | null {
    if (this.playback === null) return null;
    const frame = this.playback.nextFrame(this.sampleRate);
    if (frame === null && this.playback.isEnded) {
      this.playback = null;
      this.refreshPeer();
    }
    return frame;
  }

  private sendKeyTick(nowMs: number): Int16Array | null {
    const events = this.media?.telephoneEvent;
    if (events !== undefined) {
      this.dtmfOut.tickEvent(this.session.stream, events, nowMs);
      return null;
    }
    const frame = this.dtmfOut.tickTone(this.sampleRate);
    this.sending.sendFrame(frame, nowMs);
    return frame;
  }

  private beginKey(key: string): void {
    if (this.playback?.offerDigit(key)) {
      this.playback = null;
      this.refreshPeer();
    }
    this.recordings.offerKey(key);
    this.peer?.pressKey(key);
  }

  private endKey(digit: string, durationMs: number, method: 'rtp' | 'command'): void {
    this.peer?.releaseKey(digit, durationMs);
    this.context.emit({ type: 'dtmf-received', endpointId: this.endpointId, digit, durationMs, method });
  }

  private reportSource(): void {
    const remote: TransportAddress | null = this.session.latchedRemote;
    if (this.started || remote === null) return;
    this.started = true;
    this.context.emit({ type: 'media-started', endpointId: this.endpointId, remote });
  }

  /** Only after RTP has flowed once: a caller may rightly say nothing until it is answered. */
  private watchSilence(nowMs: number): void {
    const { rtpSilenceTimeoutMs } = this.context;
    // Who holds us may send music, or nothing.
    const due = this.media?.direction === 'sendrecv';
    const heardMs = this.session.lastHeardMs;
    if (!due || rtpSilenceTimeoutMs === 0 || heardMs === null || this.silenceReported) return;
    if (nowMs - heardMs < rtpSilenceTimeoutMs) return;
    this.silenceReported = true;
    this.emitLost('rtp-silence', `Nothing heard for ${Math.round((nowMs - heardMs) / 1000)} s.`);
  }

  private emitLost(reason: 'rtp-silence' | 'socket-failed', detail: string): void {
    this.context.emit({ type: 'endpoint-lost', endpointId: this.endpointId, reason, detail });
  }
}

/** Whether tones are its only keys: other ways were not agreed, and the codec keeps tones as they are. */
function saysKeysAsTones({ codec, telephoneEvent, others = [] }: EndpointMedia): boolean {
  if (telephoneEvent !== undefined || CODECS[codec].sampleRate !== 8000) return false;
  return others.every(({ format }) => format !== 'telephone-event');
}
