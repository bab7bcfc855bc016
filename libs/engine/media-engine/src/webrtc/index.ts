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
export { MID_EXTENSION_ID } from './webrtc-api.js';
