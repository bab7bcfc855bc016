import type { types } from 'mediasoup-client';

/** Simulcast in three layers: a quarter, a half and the whole of the picture. Bit rates in bit/s. */
export const CAMERA_ENCODINGS: types.RtpEncodingParameters[] = [
  { rid: 'r0', scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
  { rid: 'r1', scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' },
  { rid: 'r2', scaleResolutionDownBy: 1, maxBitrate: 1_500_000, scalabilityMode: 'L1T3' },
];

/** The lowest layer that still fills a tile of so many CSS pixels, for a camera of 1280 pixels. */
export function layerForWidth(width: number): 0 | 1 | 2 {
  if (width <= 320) return 0;
  return width <= 720 ? 1 : 2;
}
