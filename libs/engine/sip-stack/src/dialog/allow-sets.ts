import type { SipMessage } from '@carillon/sip-message';

/** Longer Allow headers are nobody's habit. */
const LONGEST_KEPT = 512;

/** Phones of one kind send one Allow header: its set is made once for all their calls. */
export class AllowSets {
  private readonly sets = new Map<string, ReadonlySet<string>>();

  constructor(private readonly maximum = 256) {}

  /** Methods of a message's Allow headers, upper case; undefined when it has none. */
  of(message: SipMessage): ReadonlySet<string> | undefined {
    const text = message.headers('Allow').join(',');
    if (text === '') return undefined;
    const known = this.sets.get(text);
    if (known !== undefined) return known;
    const made = new Set(message.values('Allow').map((method) => method.toUpperCase()));
    if (text.length > LONGEST_KEPT) return made;
    if (this.sets.size >= this.maximum) this.sets.clear();
    this.sets.set(text, made);
    return made;
  }
}

/** Nothing is known of the peer's methods. */
export const NO_METHODS: ReadonlySet<string> = new Set();
