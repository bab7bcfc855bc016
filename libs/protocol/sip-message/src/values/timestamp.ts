/** Timestamp (RFC 3261 §20.38): when the client sent it, and how long the server took, both in seconds. */
export interface Timestamp {
  readonly sentAt: number;
  readonly delay: number | undefined;
}

const TIMESTAMP = /^(\d{1,15}(?:\.\d{0,9})?)(?:[ \t]+(\d{0,9}(?:\.\d{0,9})?))?$/;

/** @returns undefined when malformed */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = TIMESTAMP.exec(text.trim());
  if (match === null || match[2] === '.') return undefined;
  return { sentAt: Number(match[1]), delay: match[2] === undefined ? undefined : Number(match[2]) };
}

export function buildTimestamp(timestamp: { sentAt: number; delay?: number | undefined }): string {
  const plain = (value: number): string => value.toFixed(9).replace(/\.?0+$/, '');
  return timestamp.delay === undefined
    ? plain(timestamp.sentAt)
    : `${plain(timestamp.sentAt)} ${plain(timestamp.delay)}`;
}
