import { buildNameAddress, parseNameAddress, parseUri, splitValues, type SipRequest } from '@carillon/sip-message';
import type { RetargetCause } from './history-info.js';

/** One diversion (RFC 5806 §5): who sent the call on, and why. */
export interface Diversion {
  readonly uri: string;
  readonly name: string | null;
  /** The number in the URI, where it has one. */
  readonly number: string | undefined;
  readonly reason: string;
  /** How many diversions this one stands for. */
  readonly counter: number;
  readonly hidden: boolean;
}

export const MOST_DIVERSIONS = 10;
const LONGEST_DIVERSION = 512;
const REASONS: Readonly<Record<RetargetCause, string>> = {
  302: 'unconditional',
  404: 'unknown',
  408: 'no-answer',
  480: 'deflection',
  486: 'user-busy',
  487: 'deflection',
  503: 'unavailable',
};

/** What came, newest first, as the header has it. */
export function readDiversions(request: SipRequest): Diversion[] {
  if (!request.has('Diversion')) return [];
  return request
    .headers('Diversion')
    .slice(0, MOST_DIVERSIONS)
    .flatMap((line) => splitValues(line))
    .slice(0, MOST_DIVERSIONS)
    .flatMap((value): Diversion[] => {
      const address = value.length > LONGEST_DIVERSION ? undefined : parseNameAddress(value);
      if (address === undefined) return [];
      const uri = parseUri(address.uri);
      const number =
        uri?.scheme === 'tel' ? uri.number : uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined;
      const reason = address.parameters.get('reason')?.toLowerCase() ?? 'unknown';
      return [
        {
          uri: address.uri,
          name: address.displayName ?? null,
          number,
          reason: /^[a-z-]{1,32}$/.test(reason) ? reason : 'unknown',
          counter: Math.max(1, Math.min(100, Number(address.parameters.get('counter') ?? '1') || 1)),
          hidden: !/^(off|name)?$/.test(address.parameters.get('privacy') ?? ''),
        },
      ];
    });
}

export function diversionFor(
  from: { readonly uri: string; readonly number: string; readonly name: string | null; readonly hidden: boolean },
  cause: RetargetCause,
): Diversion {
  return { ...from, reason: REASONS[cause], counter: 1 };
}

/** @param keepBack hides who asked for it; the reason stays (RFC 5806 §9.3) */
export function buildDiversion({ uri, name, reason, counter, hidden }: Diversion, keepBack: boolean): string {
  const address =
    keepBack && hidden
      ? buildNameAddress({ displayName: 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' })
      : buildNameAddress({ displayName: name ?? undefined, uri });
  return `${address};reason=${reason};counter=${counter};privacy=${hidden ? 'full' : 'off'}`;
}
