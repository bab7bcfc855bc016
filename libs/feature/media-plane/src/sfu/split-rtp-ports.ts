export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/** Who of the media plane uses which part of the RTP range. */
export interface RtpPortPlan {
  /** Phones' RTP and RTCP, in pairs. */
  readonly audio: PortRange;
  /** Loopback, between the SFU and the audio engine. */
  readonly bridge: PortRange;
  /** Browsers' media, UDP and TCP: one port for each mediasoup worker. */
  readonly webRtc: readonly number[];
}

const SMALL_RANGE = 16;

/**
 * Splits the range: the last ports for browsers, a quarter before them for the bridge, the rest for phones.
 * @param range inclusive, four ports at least
 * @param workers how many mediasoup workers are wanted; a small range gets one
 */
export function splitRtpPorts(range: PortRange, workers: number): RtpPortPlan {
  const count = range.max - range.min + 1;
  const webRtcCount = count < SMALL_RANGE ? 1 : Math.max(1, workers);
  const webRtc = Array.from({ length: webRtcCount }, (_, index) => range.max - index);
  const left = count - webRtcCount;
  // An odd one goes to the bridge: phones use pairs.
  const audioCount = Math.max(2, Math.floor((left * 3) / 4 / 2) * 2);
  const audio = { min: range.min, max: range.min + audioCount - 1 };
  return { audio, bridge: { min: audio.max + 1, max: range.max - webRtcCount }, webRtc };
}
