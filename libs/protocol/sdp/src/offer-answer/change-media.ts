import type { MediaDescription, SessionDescription } from '../session-description.js';
import { directionOf, heldDirection, withDirection } from '../views/direction.js';
import { rejectSection } from './audio-section.js';
import { nextOrigin } from './local-audio.js';

/** The description with one section changed; every other line stays as it came. */
export function withMedia(
  description: SessionDescription,
  section: number,
  change: (media: MediaDescription) => MediaDescription,
): SessionDescription {
  return {
    ...description,
    media: description.media.map((media, index) => (index === section ? change(media) : media)),
  };
}

/** Our next offer with all streams on hold, by direction and never by 0.0.0.0 (RFC 3264 §8.4, §5.1). */
export function holdOffer(description: SessionDescription): SessionDescription {
  const media = description.media.map((section) =>
    section.port === 0 ? section : withDirection(section, heldDirection(directionOf(description, section))),
  );
  return { ...description, origin: nextOrigin(description.origin), media };
}

/** Our next offer with one stream removed: its section stays in place with port 0 (RFC 3264 §8.2). */
export function removeStream(description: SessionDescription, section: number): SessionDescription {
  return { ...withMedia(description, section, rejectSection), origin: nextOrigin(description.origin) };
}

/** Our next offer with one stream more: in the place of a dead section where there is one, else at the end (RFC 3264 §8.1). */
export function addStream(description: SessionDescription, media: MediaDescription): SessionDescription {
  const free = description.media.findIndex(({ port, attributes }) => port === 0 && !attributes.some(isBundleOnly));
  const place = free < 0 ? description.media.length : free;
  const sections = description.media.toSpliced(place, free < 0 ? 0 : 1, media);
  return { ...description, origin: nextOrigin(description.origin), media: sections };
}

function isBundleOnly({ name }: { name: string }): boolean {
  return name === 'bundle-only';
}

/** An answer that takes nothing, section by section (RFC 3264 §6): what a refusal of every stream looks like. */
export function rejectAll(offer: SessionDescription, own: Pick<SessionDescription, 'origin'>): SessionDescription {
  const { origin } = own;
  return {
    origin,
    name: '-',
    emails: [],
    phones: [],
    connection: { networkType: origin.networkType, addressType: origin.addressType, address: origin.address },
    bandwidths: [],
    times: [{ start: '0', stop: '0', repeats: [] }],
    attributes: [],
    media: offer.media.map(rejectSection),
  };
}
