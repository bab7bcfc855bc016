import type { OpenPlainSenderRequest } from '../api/plain-rtp.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import { OPUS_CODEC } from '../codecs/opus-codec.js';
import type { MediaClock } from '../worker/media-clock.js';
import type { Speaker } from './heard-source.js';
import { RtpSession } from './rtp-session.js';
import { SendingPath } from './sending-path.js';
import { SpeakerSource } from './speaker-source.js';
import type { UdpPortPair } from './udp-port-pair.js';

const DEFAULT_BITRATE = 32_000;

/** A phone's own sound, sent as Opus to the SFU with an SSRC that the SFU knows. */
export class PlainSender {
  readonly senderId: string;
  readonly endpointId: string;
  private readonly session: RtpSession;
  private readonly sending: SendingPath;
  private readonly source: SpeakerSource;

  constructor(
    request: OpenPlainSenderRequest & { senderId: string },
    stream: { readonly pair: UdpPortPair; readonly cname: string },
    context: { speaker: Speaker; resamplers: ResamplerFactory; clock: MediaClock; onFailure(error: Error): void },
  ) {
    this.senderId = request.senderId;
    this.endpointId = request.endpointId;
    this.source = new SpeakerSource(context.speaker, context.resamplers);
    this.session = new RtpSession(
      { ...stream, ssrc: request.ssrc, clock: context.clock },
      {
        // Nothing but RTCP is expected from there.
        classify: () => 'unknown',
        onPacket: () => undefined,
        onFailure: (error) => context.onFailure(error),
      },
    );
    this.session.setRemote({
      remote: request.remote,
      rtcpMux: request.rtcpMux ?? false,
      clockRate: OPUS_CODEC.clockRate,
      ...(request.remoteRtcp === undefined ? {} : { remoteRtcp: request.remoteRtcp }),
    });
    this.sending = new SendingPath(this.session.stream);
    this.sending.setCodec(OPUS_CODEC, request.payloadType, { bitrate: request.bitrate ?? DEFAULT_BITRATE });
  }

  tick(nowMs: number): void {
    this.session.tick(nowMs);
    this.sending.sendFrame(this.source.frameFor(OPUS_CODEC.sampleRate), nowMs);
  }

  close(): void {
    this.source.close();
    this.sending.close();
    this.session.close('closed');
  }
}
