import { buildEditedMessage } from '@carillon/sip-message';
import type { HeaderLine, OwnVia, SipRequest } from '@carillon/sip-message';

/** What a proxy changes in a request (RFC 3261 §16.6 items 2–8); everything else is copied octet by octet. */
export interface RequestEdits {
  readonly uri: string;
  /** Our own Via up to its branch, and the Max-Breadth that goes out with it. */
  readonly own: OwnVia;
  readonly branch: string;
  /** First Via line of the sender, marked; undefined leaves it as it is. */
  readonly markedVia: string | undefined;
  readonly maxForwards: number;
  /** Our Record-Route values, first one on top. */
  readonly recordRoutes: readonly string[];
  /** The whole Route set as name-addrs; undefined leaves it as it is. */
  readonly routes: readonly string[] | undefined;
  readonly add: readonly HeaderLine[];
  /** Names in lower case. */
  readonly remove: ReadonlySet<string>;
}

type Replaced = readonly [name: string, values: readonly string[]];

const MAX_BREADTH = 'Max-Breadth';
const NONE: readonly string[] = [];
/** No request goes on without these, whatever somebody wants removed. */
const KEPT: ReadonlySet<string> = new Set(['via', 'v', 'max-forwards', 'content-length', 'l']);

/** The request as it goes on. Nothing that is put into it can begin a line of its own. */
export function copyRequest(request: SipRequest, edits: RequestEdits): Buffer {
  const { uri, own, branch, markedVia, maxForwards, recordRoutes, add } = edits;
  return buildEditedMessage(request, {
    // In a dialog it is the same as it came, mostly.
    uri: uri === request.uriText ? undefined : uri,
    via: { own, branch },
    first: recordRoutes.length === 0 ? undefined : recordRoutes.map((value): HeaderLine => ['Record-Route', value]),
    topVia: markedVia,
    maxForwards,
    dropFirst: undefined,
    set: replaced(request, edits),
    last: add.length === 0 ? undefined : add,
  });
}

function replaced(request: SipRequest, { routes, remove }: RequestEdits): readonly Replaced[] | undefined {
  const hasBreadth = request.has(MAX_BREADTH);
  if (routes === undefined && !hasBreadth && remove.size === 0) return undefined;
  const all: Replaced[] = [];
  if (hasBreadth) all.push([MAX_BREADTH, NONE]);
  for (const name of remove) if (!KEPT.has(name)) all.push([name, NONE]);
  if (routes !== undefined) all.push(['Route', routes]);
  return all;
}
