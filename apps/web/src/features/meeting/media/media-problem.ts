export type LocalKind = 'microphone' | 'camera';

/** What to tell the user by the name of the DOMException (W3C Media Capture and Streams §10.2). */
export function mediaProblem(kind: LocalKind, error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return `Your browser does not let this page use the ${kind}. Allow it beside the address, then try again.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `No ${kind} was found.`;
    case 'NotReadableError':
    case 'AbortError':
      return `Another program is using the ${kind}.`;
    default:
      return `The ${kind} could not be opened.`;
  }
}
