/** Bounds that are checked before anything is built from the text. */
export const SDP_LIMITS = { maxCharacters: 64_000, maxLines: 2_000, maxMedia: 64, maxFormats: 128 } as const;
