export type {
  Fingerprint,
  OpenedWebRtc,
  OpenWebRtcRequest,
  WebRtcEvent,
  WebRtcFormat,
  WebRtcGateway,
  WebRtcIce,
  WebRtcLostReason,
  WebRtcMedia,
  WebRtcRemote,
  WebRtcSource,
} from './webrtc-api.js';
