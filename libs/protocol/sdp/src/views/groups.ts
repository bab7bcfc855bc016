import type { MediaDescription, SessionDescription } from '../session-description.js';
import { attributeValue, attributeValues } from './attributes.js';

/** `a=group:<semantics> <mid> ...`, RFC 5888 §5. */
export interface MediaGroup {
  readonly semantics: string;
  readonly mids: readonly string[];
}

export function groupsOf(session: SessionDescription): MediaGroup[] {
  return attributeValues(session, 'group').flatMap((value) => {
    const [semantics, ...mids] = value.trim().split(/\s+/);
    return semantics ? [{ semantics, mids }] : [];
  });
}

/** `a=mid`, RFC 5888 §4. */
export function midOf(media: MediaDescription): string | undefined {
  const mid = attributeValue(media, 'mid')?.trim();
  return mid === '' ? undefined : mid;
}
