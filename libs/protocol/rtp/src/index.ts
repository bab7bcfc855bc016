export { buildBindingRequest } from './build-binding-request.js';
export type { BindingRequest } from './build-binding-request.js';
export { answerBindingRequest } from './answer-binding-request.js';
export type { AnsweredCheck, AskedAgent, IceCredentials } from './answer-binding-request.js';
export { buildRtcp } from './build-rtcp.js';
export { buildRtpPacket, writeRtpPacket } from './build-rtp-packet.js';
export type { RtpHeader } from './build-rtp-packet.js';
export { classifyDatagram } from './classify-datagram.js';
export type { DatagramKind } from './classify-datagram.js';
export { JitterEstimator } from './jitter-estimator.js';
export { compactNtpTime, ntpTimeOfUnix, roundTripMs } from './ntp-time.js';
export type { NtpTime } from './ntp-time.js';
export { parseExtensionElements } from './parse-extension-elements.js';
export { parseRtcp } from './parse-rtcp.js';
export type { RtcpParseErrorCode, RtcpParseResult } from './parse-rtcp.js';
export { parseRtpPacket } from './parse-rtp-packet.js';
export type { RtpParseErrorCode, RtpParseResult } from './parse-rtp-packet.js';
export { ReceptionCounter } from './reception-counter.js';
export type { ReceptionVerdict } from './reception-counter.js';
export { SDES_CNAME } from './rtcp-packet.js';
export type {
  Goodbye,
  OtherRtcp,
  ReceiverReport,
  ReportBlock,
  RtcpPacket,
  SenderReport,
  SourceDescription,
} from './rtcp-packet.js';
export { RTP_HEADER_LENGTH } from './rtp-packet.js';
export type { RtpHeaderExtension, RtpPacket } from './rtp-packet.js';
export { addSequence, addTimestamp, sequenceDistance, timestampDistance } from './serial-number.js';
export {
  buildTelephoneEvent,
  DTMF_KEYS,
  dtmfEventOfKey,
  dtmfKeyOfEvent,
  parseTelephoneEvent,
  TELEPHONE_EVENT_LENGTH,
} from './telephone-event.js';
export type { TelephoneEvent } from './telephone-event.js';
export type { SrtpMaster } from './srtp/derive-keys.js';
export { SrtpReceiver, SrtpSender } from './srtp/srtp-session.js';
export type { SrtpOpened, SrtpRefusal } from './srtp/srtp-session.js';
export { SRTP_SUITES, srtpSuite } from './srtp/srtp-suites.js';
export type { SrtpSuite } from './srtp/srtp-suites.js';
