/** A Contact header of ours: `sips:` where the request or its dialog is secure (RFC 3261 §8.1.1.8, §12.1.1). */
export function contactFor(uri: string, secure: boolean): string {
  return `<${secure ? secureForm(uri) : uri}>`;
}

/** `transport=tls` does not go with it: it says so itself (RFC 5630 §5.1.1). */
export function secureForm(uri: string): string {
  return uri.startsWith('sip:') ? `sips:${uri.slice(4).replace(/;transport=tls(?=;|$)/i, '')}` : uri;
}

export function isSipsUri(uri: string | undefined): boolean {
  return uri !== undefined && /^\s*sips:/i.test(uri);
}
