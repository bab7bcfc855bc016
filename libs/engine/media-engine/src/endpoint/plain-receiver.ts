import type { OpenPlainReceiverRequest } from '../api/plain-rtp.js';
import { CODECS } from '../codecs/codec-table.js';
import type { MediaClock } from '../worker/media-clock.js';
import { DecodingPath } from './decoding-path.js';
import { RtpSession } from './rtp-session.js';

/** RTP that the SFU sends us for one of its participants: decoded, never answered but by RTCP. */
export class PlainReceiver {
  readonly speaker = new DecodingPath();
  private session!: RtpSession;

  private constructor(readonly receiverId: string) {}

  static async open(
    request: OpenPlainReceiverRequest & { receiverId: string },
    ports: { address: string; rtpPort: number; ssrc: number; cname: string },
    context: { clock: MediaClock; onFailure(error: Error): void },
  ): Promise<PlainReceiver> {
    const receiver = new PlainReceiver(request.receiverId);
    const codec = CODECS[request.codec ?? 'opus'];
    receiver.speaker.setCodec(codec);
    receiver.session = await RtpSession.open(
      { ...ports, clock: context.clock },
      {
        classify: (payloadType) => (payloadType === request.payloadType ? 'audio' : 'unknown'),
        onPacket: (packet, _kind, newSource) => {
          if (request.ssrc !== undefined && packet.ssrc !== request.ssrc) return;
          receiver.speaker.feed(packet.sequence, packet.payload, newSource);
        },
        onFailure: (error) => context.onFailure(error),
      },
    );
    // The SFU's port is learnt from its packets.
    receiver.session.setRemote({
      remote: { address: '0.0.0.0', port: 0 },
      rtcpMux: true,
      clockRate: codec.clockRate,
    });
    return receiver;
  }

  tick(nowMs: number): void {
    this.session.tick(nowMs);
    this.speaker.tick(this.session.jitterMs);
  }

  async close(): Promise<void> {
    this.speaker.close();
    await this.session.close('closed');
  }
}
