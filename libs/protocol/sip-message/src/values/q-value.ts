const Q = /^(?=.)\d?(?:\.\d{0,9})?$/;

/**
 * qvalue (RFC 3261 §25.1). What is clearly meant is read: `.5`, and more digits than the three that are allowed.
 * @returns 1 when absent, malformed or larger
 */
export function parseQ(text: string | undefined): number {
  if (text === undefined || text === '.' || !Q.test(text)) return 1;
  return Math.min(Math.floor(Number(text) * 1000) / 1000, 1);
}

/** 0 to 1 with at most three digits. */
export function buildQ(q: number): string {
  return String(Math.round(Math.min(Math.max(q, 0), 1) * 1000) / 1000);
}
