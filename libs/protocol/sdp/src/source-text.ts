import type { MediaDescription, SessionDescription } from './session-description.js';

/**
 * The lines that a section was read from. They are not enumerable, so a section that is spread into a changed one
 * leaves them behind: only what nobody touched is written as it came.
 */
const SOURCE = Symbol('lines as they came');

type SessionFields = Omit<SessionDescription, 'media'>;

interface SessionSource {
  readonly lines: readonly string[];
  readonly fields: SessionFields;
}

export function keepMediaLines(media: MediaDescription, lines: readonly string[]): MediaDescription {
  return Object.defineProperty(media, SOURCE, { value: lines });
}

/** The lines of a section that was read and not changed. */
export function mediaLinesOf(media: MediaDescription): readonly string[] | undefined {
  return (media as { [SOURCE]?: readonly string[] })[SOURCE];
}

/** The session's lines hang on its list of attributes, which a description with other sections still shares. */
export function keepSessionLines(description: SessionDescription, lines: readonly string[]): SessionDescription {
  const { media: _, ...fields } = description;
  Object.defineProperty(description.attributes, SOURCE, { value: { lines, fields } satisfies SessionSource });
  return description;
}

/** The lines in front of the sections, where none of what they say was changed. */
export function sessionLinesOf(description: SessionDescription): readonly string[] | undefined {
  const source = (description.attributes as { [SOURCE]?: SessionSource })[SOURCE];
  if (source === undefined) return undefined;
  const names = Object.keys({ ...source.fields, ...description }) as (keyof SessionDescription)[];
  const same = names.every((name) => name === 'media' || source.fields[name] === description[name]);
  return same ? source.lines : undefined;
}
