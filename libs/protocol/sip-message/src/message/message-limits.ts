/** Checked before anything is stored. */
export interface MessageLimits {
  /** Headers together, octets, and as much for the start line; 65,536 at most. */
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  readonly maxBodyBytes: number;
}

export const DEFAULT_MESSAGE_LIMITS: MessageLimits = { maxHeadBytes: 32_768, maxHeaders: 256, maxBodyBytes: 61_440 };
