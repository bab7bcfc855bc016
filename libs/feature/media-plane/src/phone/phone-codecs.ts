import type { AudioCodec } from '@carillon/sdp';
import type { AudioCodecName } from '@carillon/media-engine';

/** What phones may speak with us, best first: wideband, then both laws of G.711. */
export const PHONE_CODECS: readonly (AudioCodec & { readonly engineName: AudioCodecName })[] = [
  // RFC 7587: always 48000/2 in the rtpmap; what we decode is wideband mono.
  {
    engineName: 'opus',
    name: 'opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: 107,
    fmtp: 'useinbandfec=1;maxplaybackrate=16000;stereo=0',
  },
  // RFC 3551 §4.5.2: 8000 in the rtpmap, though it has 16,000 samples a second.
  { engineName: 'G722', name: 'G722', clockRate: 8000, payloadType: 9 },
  { engineName: 'PCMU', name: 'PCMU', clockRate: 8000, payloadType: 0 },
  { engineName: 'PCMA', name: 'PCMA', clockRate: 8000, payloadType: 8 },
];

/** The engine's name of a negotiated codec. */
export function engineCodecOf(sdpName: string): AudioCodecName | undefined {
  return PHONE_CODECS.find((codec) => codec.name.toLowerCase() === sdpName.toLowerCase())?.engineName;
}

/** Made once for each order that was asked for: every call asks for one of a few. */
const orders = new Map<string, readonly AudioCodec[]>();
/** Names come from SDP: nobody fills our memory with them. */
const MOST_ORDERS = 64;

/** Our codecs with `preferred` (SDP names, best first) moved to the front. */
export function codecsPreferring(preferred: readonly string[]): readonly AudioCodec[] {
  const key = preferred.join(' ');
  const known = orders.get(key);
  if (known !== undefined) return known;
  const made = inOrderOf(preferred);
  if (orders.size < MOST_ORDERS) orders.set(key, made);
  return made;
}

function inOrderOf(preferred: readonly string[]): AudioCodec[] {
  const rank = (codec: AudioCodec): number => {
    const at = preferred.findIndex((name) => name.toLowerCase() === codec.name.toLowerCase());
    return at < 0 ? preferred.length : at;
  };
  return [...PHONE_CODECS]
    .sort((a, b) => rank(a) - rank(b))
    .map(({ engineName: _engineName, ...codec }): AudioCodec => codec);
}
