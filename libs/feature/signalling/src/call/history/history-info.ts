import {
  buildReason,
  buildUri,
  parseNameAddress,
  parseUri,
  sipUri,
  splitValues,
  type SipRequest,
} from '@carillon/sip-message';

/** Why a call went from one target to the next (RFC 4458 §2.1, RFC 7044 §9). */
export type RetargetCause = (typeof CAUSES)[number];
const CAUSES = [302, 404, 408, 480, 486, 487, 503] as const;

/** One target that the call was sent to (RFC 7044 §5). */
export interface HistoryEntry {
  /** The target as a URI, without our additions. */
  readonly uri: string;
  /** `1`, `1.1`, `1.1.2` … */
  readonly index: string;
  /** Why it came to this target. */
  readonly cause?: RetargetCause;
  /** What became of it, as a SIP status; known once the next entry is made. */
  readonly ended?: number;
  /** Its user wants it kept back (§10.1.2). */
  readonly hidden: boolean;
  /** The entry whose target this one stands for: `mp` where another user is meant, `rc` for a contact of the same. */
  readonly mapped?: { readonly how: 'mp' | 'rc' | 'np'; readonly of: string };
  /** As it came, for entries of others: passed on untouched. */
  readonly received?: string;
}

/** Entries that are kept: a call that went through more is not led on. */
export const MOST_ENTRIES = 20;
const LONGEST_ENTRY = 512;

/** What came with an INVITE, in order; entries that cannot be read are left out. */
export function readHistoryInfo(request: SipRequest): HistoryEntry[] {
  if (!request.has('History-Info')) return [];
  return request
    .headers('History-Info')
    .slice(0, MOST_ENTRIES)
    .flatMap((line) => splitValues(line))
    .slice(0, MOST_ENTRIES)
    .flatMap((value): HistoryEntry[] => {
      if (value.length > LONGEST_ENTRY) return [];
      const address = parseNameAddress(value);
      const index = address?.parameters.get('index');
      if (address === undefined || index === undefined || !/^\d{1,4}(\.\d{1,4}){0,15}$/.test(index)) return [];
      const [target = '', headers = ''] = address.uri.split('?', 2);
      const hidden = /(^|&)privacy=/i.test(headers);
      return [{ ...withoutCause(target), index, hidden, received: value.trim() }];
    });
}

/** `cause` is ours to write (RFC 4458): apart from it, the target can be compared. */
function withoutCause(target: string): Pick<HistoryEntry, 'uri' | 'cause'> {
  const uri = parseUri(target);
  if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips') return { uri: target };
  const cause = CAUSES.find((known) => String(known) === uri.parameters.get('cause'));
  const bare = buildUri({ ...uri, parameters: uri.parameters.without('cause') });
  return { uri: bare, ...(cause === undefined ? {} : { cause }) };
}

/** Appends a target that stands for the newest one (§10.3: one level deeper). */
export function addHistoryEntry(
  entries: readonly HistoryEntry[],
  next: { readonly uri: string; readonly cause?: RetargetCause; readonly hidden?: boolean },
): HistoryEntry[] {
  const parent = entries.at(-1);
  const { uri, cause, hidden = false } = next;
  const added: HistoryEntry = {
    uri,
    index: parent === undefined ? '1' : `${parent.index}.1`,
    hidden,
    ...(cause === undefined ? {} : { cause }),
    ...(parent === undefined ? {} : { mapped: { how: 'mp', of: parent.index } }),
  };
  if (parent === undefined) return [added];
  // §10.2: the reason why a target was left stands with the entry that was left.
  const left = cause === undefined ? parent : { ...parent, ended: cause };
  return [...entries.slice(0, -1), left, added];
}

/**
 * The header values for another leg. @param keepBack leaves out who a private entry is, by the anonymous URI of
 * RFC 7044 §10.1.2; indexes stay, so that nothing looks lost.
 */
export function buildHistoryInfo(
  entries: readonly HistoryEntry[],
  keepBack: { readonly all: boolean; readonly private: boolean },
): string[] {
  return entries.map((entry) => {
    const hide = keepBack.all || (keepBack.private && entry.hidden);
    if (!hide && entry.received !== undefined && entry.ended === undefined) return entry.received;
    const uri = hide ? sipUri({ user: 'anonymous', host: 'anonymous.invalid' }) : entry.uri;
    const cause = entry.cause === undefined || hide ? '' : `;cause=${entry.cause}`;
    const headers = [
      ...(entry.hidden && !hide ? ['Privacy=history'] : []),
      ...(entry.ended === undefined
        ? []
        : [`Reason=${encodeURIComponent(buildReason({ protocol: 'SIP', cause: entry.ended }))}`]),
    ];
    const mapped = entry.mapped === undefined ? '' : `;${entry.mapped.how}=${entry.mapped.of}`;
    const query = headers.length === 0 ? '' : `?${headers.join('&')}`;
    return `<${uri}${cause}${query}>;index=${entry.index}${mapped}`;
  });
}
