import type { OpenPlainReceiverRequest } from '../api/plain-rtp.js';
import { CODECS } from '../codecs/codec-table.js';
import type { MediaClock } from '../worker/media-clock.js';
import { DecodingPath } from './decoding-path.js';
import { RtpSession } from './rtp-session.js';
import type { UdpPortPair } from './udp-port-pair.js';

/** RTP that the SFU sends us for one of its participants: decoded, never answered but by RTCP. */
export class PlainReceiver {
  readonly speaker = new DecodingPath();
  readonly receiverId: string;
  private readonly session: RtpSession;

  constructor(
    request: OpenPlainReceiverRequest & { receiverId: string },
    stream: { readonly pair: UdpPortPair; readonly ssrc: number; readonly cname: string },
    context: { clock: MediaClock; onFailure(error: Error): void },
  ) {
    this.receiverId = request.receiverId;
    const codec = CODECS[request.codec ?? 'opus'];
    this.session = new RtpSession(
      { ...stream, clock: context.clock },
      {
        classify: (payloadType) => (payloadType === request.payloadType ? 'audio' : 'unknown'),
        onPacket: (packet, _kind, newSource) => {
          if (request.ssrc !== undefined && packet.ssrc !== request.ssrc) return;
          this.speaker.feed(packet, codec, newSource);
        },
        onFailure: (error) => context.onFailure(error),
      },
    );
    // The SFU's port is learnt from its packets.
    this.session.setRemote({
      remote: { address: '0.0.0.0', port: 0 },
      rtcpMux: true,
      clockRate: codec.clockRate,
    });
  }

  tick(nowMs: number): void {
    this.session.tick(nowMs);
    this.speaker.tick(this.session.jitterMs);
  }

  close(): void {
    this.speaker.close();
    this.session.close('closed');
  }
}
