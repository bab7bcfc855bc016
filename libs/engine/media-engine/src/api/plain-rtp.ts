import type { TransportAddress } from './endpoint.js';

/** Opens a loopback port on which the SFU sends one participant's Opus (RTP/AVP, no SRTP). */
export interface OpenPlainReceiverRequest {
  receiverId?: string;
  /** Same group as the mix that it will join. */
  group?: string;
  codec?: 'opus' | 'PCMU' | 'PCMA';
  /** Payload type of the SFU's consumer. */
  payloadType: number;
  /** Only this SSRC is taken when given. */
  ssrc?: number;
}

export interface OpenedPlainReceiver {
  receiverId: string;
  address: string;
  port: number;
  rtcpPort: number;
}

/**
 * Opens a tap: what a phone says, decoded once, is sent as Opus to `remote` (the SFU's plain transport), so
 * that the SFU can produce it with an SSRC known beforehand. RTCP is multiplexed on the same port when `rtcpMux`.
 */
export interface OpenPlainSenderRequest {
  senderId?: string;
  /** Whose received audio is tapped. */
  endpointId: string;
  remote: TransportAddress;
  ssrc: number;
  payloadType: number;
  rtcpMux?: boolean;
  remoteRtcp?: TransportAddress;
  /** Opus bit rate, default 32 000 bit/s. */
  bitrate?: number;
  /** SDES CNAME and MID are not needed by the SFU; it knows the SSRC. */
  cname?: string;
}

export interface OpenedPlainSender {
  senderId: string;
  address: string;
  /** Packets come from this port: the SFU's plain transport is told to expect it. */
  port: number;
  rtcpPort: number;
}
