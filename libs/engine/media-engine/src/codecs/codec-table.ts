import type { AudioCodecName } from '../api/endpoint.js';
import type { AudioCodec } from './audio-codec.js';
import { G722_CODEC } from './g722-codec.js';
import { PCMA_CODEC, PCMU_CODEC } from './g711-codec.js';
import { OPUS_CODEC } from './opus-codec.js';

/** Every codec by its SDP name. */
export const CODECS: Record<AudioCodecName, AudioCodec> = {
  PCMU: PCMU_CODEC,
  PCMA: PCMA_CODEC,
  G722: G722_CODEC,
  opus: OPUS_CODEC,
};
