import type { MediaDescription, SessionDescription } from '../session-description.js';
import { attributeValue, attributeValues, hasAttribute } from './attributes.js';

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

/**
 * Whether a section stands for no stream: port 0 (RFC 3264 §5.1), unless it is `bundle-only` and shares another
 * section's transport (RFC 9143 §7.2.1, RFC 8843 §6).
 */
export function isDisabled(session: SessionDescription, media: MediaDescription): boolean {
  if (media.port !== 0) return false;
  const mid = midOf(media);
  if (mid === undefined || !hasAttribute(media, 'bundle-only')) return true;
  return !groupsOf(session).some(({ semantics, mids }) => semantics === 'BUNDLE' && mids.includes(mid));
}

/** The section whose transport a bundled one uses: the first of its group that is live; itself where it is in none. */
export function transportSectionOf(session: SessionDescription, media: MediaDescription): MediaDescription {
  const mid = midOf(media);
  if (mid === undefined) return media;
  const group = groupsOf(session).find(({ semantics, mids }) => semantics === 'BUNDLE' && mids.includes(mid));
  const tagged = group?.mids
    .map((name) => session.media.find((section) => midOf(section) === name))
    .find((section) => section !== undefined && section.port !== 0);
  return tagged ?? media;
}
