const CONTENT_ID = /^<([^<>\s"]+@[^<>\s"@]+)>$/;

/** Content-ID of a body (RFC 8262 §3.2, RFC 2392). @returns what is between the angle brackets, undefined when malformed */
export function parseContentId(text: string): string | undefined {
  return CONTENT_ID.exec(text.trim())?.[1];
}

export function buildContentId(contentId: string): string {
  return `<${contentId}>`;
}
