const Q = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** qvalue (RFC 3261 §25.1). @returns 1 when absent or malformed */
export function parseQ(text: string | undefined): number {
  return text !== undefined && Q.test(text) ? Number(text) : 1;
}

/** 0 to 1 with at most three digits. */
export function buildQ(q: number): string {
  return String(Math.round(Math.min(Math.max(q, 0), 1) * 1000) / 1000);
}
