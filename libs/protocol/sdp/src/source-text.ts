import type { MediaLine } from './parse-lines.js';
import type { RtpFormat } from './views/rtp-formats.js';
import type { Attribute, Bandwidth, Connection, MediaDescription, SessionDescription } from './session-description.js';

/** The lines of a session that were read: they hang on its list of attributes, which a description with other sections shares. */
const SOURCE = Symbol('lines as they came');

interface SessionSource {
  readonly lines: readonly string[];
  /** As it was read. */
  readonly description: SessionDescription;
}

/**
 * A section as it was read, with its lines. They are private, so a section that is spread into a changed one leaves them
 * behind: only what nobody touched is written as it came.
 */
export class ReadMedia implements MediaDescription {
  readonly type: string;
  readonly port: number;
  readonly portCount: number | undefined;
  readonly protocol: string;
  readonly formats: readonly string[];
  information: string | undefined = undefined;
  key: string | undefined = undefined;
  readonly connections: Connection[] = [];
  readonly bandwidths: Bandwidth[] = [];
  readonly attributes: Attribute[] = [];
  readonly #lines: string[];
  #formats: readonly RtpFormat[] | undefined;

  constructor(line: MediaLine, text: string) {
    this.type = line.type;
    this.port = line.port;
    this.portCount = line.portCount;
    this.protocol = line.protocol;
    this.formats = line.formats;
    this.#lines = [text];
  }

  /** While it is being read. */
  keep(text: string): void {
    this.#lines.push(text);
  }

  /** What a section's formats mean: once worked out, kept with a section that was read. */
  static formatsOf(
    media: MediaDescription,
    read: (media: MediaDescription) => readonly RtpFormat[],
  ): readonly RtpFormat[] {
    if (!(media instanceof ReadMedia)) return read(media);
    media.#formats ??= read(media);
    return media.#formats;
  }

  /** The lines of a section that was read and not changed. */
  static linesOf(media: MediaDescription): readonly string[] | undefined {
    return media instanceof ReadMedia ? media.#lines : undefined;
  }
}

export function keepSessionLines(description: SessionDescription, lines: readonly string[]): SessionDescription {
  const source: SessionSource = { lines, description };
  Object.defineProperty(description.attributes, SOURCE, { value: source });
  return description;
}

/** The lines in front of the sections, where none of what they say was changed. */
export function sessionLinesOf(description: SessionDescription): readonly string[] | undefined {
  const source = (description.attributes as { [SOURCE]?: SessionSource })[SOURCE];
  if (source === undefined) return undefined;
  return isSameSession(source.description, description) ? source.lines : undefined;
}

/** Whether all that two descriptions say is the same but their sections. */
function isSameSession(one: SessionDescription, other: SessionDescription): boolean {
  if (one === other) return true;
  if (one.origin !== other.origin || one.name !== other.name || one.connection !== other.connection) return false;
  if (one.information !== other.information || one.uri !== other.uri) return false;
  if (one.emails !== other.emails || one.phones !== other.phones || one.bandwidths !== other.bandwidths) return false;
  if (one.times !== other.times || one.zone !== other.zone || one.key !== other.key) return false;
  return one.attributes === other.attributes;
}
