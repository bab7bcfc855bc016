import type { OpenPlainSenderRequest } from '../api/plain-rtp.js';
import type { ResamplerFactory } from '../audio/resampler.js';
import { OPUS_CODEC } from '../codecs/opus-codec.js';
import type { MediaClock } from '../worker/media-clock.js';
import type { Speaker } from './heard-source.js';
import { RtpSession } from './rtp-session.js';
import { SendingPath } from './sending-path.js';
import { SpeakerSource } from './speaker-source.js';

const DEFAULT_BITRATE = 32_000;

/** A phone's own sound, sent as Opus to the SFU with an SSRC that the SFU knows. */
export class PlainSender {
  private session!: RtpSession;
  private sending!: SendingPath;
  private readonly source: SpeakerSource;

  private constructor(
    readonly senderId: string,
    readonly endpointId: string,
    speaker: Speaker,
    resamplers: ResamplerFactory,
  ) {
    this.source = new SpeakerSource(speaker, resamplers);
  }

  static async open(
    request: OpenPlainSenderRequest & { senderId: string },
    ports: { address: string; rtpPort: number; cname: string },
    context: { speaker: Speaker; resamplers: ResamplerFactory; clock: MediaClock; onFailure(error: Error): void },
  ): Promise<PlainSender> {
    const session = await RtpSession.open(
      { ...ports, ssrc: request.ssrc, clock: context.clock },
      {
        // Nothing but RTCP is expected from there.
        classify: () => 'unknown',
        onPacket: () => undefined,
        onFailure: (error) => context.onFailure(error),
      },
    );
    const sender = new PlainSender(request.senderId, request.endpointId, context.speaker, context.resamplers);
    sender.session = session;
    session.setRemote({
      remote: request.remote,
      rtcpMux: request.rtcpMux ?? false,
      clockRate: OPUS_CODEC.clockRate,
      ...(request.remoteRtcp === undefined ? {} : { remoteRtcp: request.remoteRtcp }),
    });
    sender.sending = new SendingPath(session.stream);
    sender.sending.setCodec(OPUS_CODEC, request.payloadType, request.bitrate ?? DEFAULT_BITRATE);
    return sender;
  }

  tick(nowMs: number): void {
    this.session.tick(nowMs);
    this.sending.sendFrame(this.source.frameFor(OPUS_CODEC.sampleRate), nowMs);
  }

  async close(): Promise<void> {
    this.source.close();
    this.sending.close();
    await this.session.close('closed');
  }
}
