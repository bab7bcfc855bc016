import type { PresenceState } from '@carillon/contracts';

/** All that is known of one user's whereabouts. */
export interface Whereabouts {
  /** Browsers in use, and browsers left alone. */
  readonly activeBrowsers: number;
  readonly idleBrowsers: number;
  readonly registeredDevices: number;
  /** Answered calls and meetings that the user is in. */
  readonly engagements: number;
  readonly choice: 'automatic' | 'away';
}

/**
 * The rule. A call wins over everything; the user's own word comes next; a phone stands in for a browser only where
 * there is none, since a phone on a desk does not tell whether anybody sits there.
 */
export function presenceOf(who: Whereabouts): PresenceState {
  if (who.engagements > 0) return 'in-a-call';
  const reachable = who.activeBrowsers + who.idleBrowsers + who.registeredDevices > 0;
  if (!reachable) return 'offline';
  if (who.choice === 'away') return 'away';
  if (who.activeBrowsers > 0) return 'available';
  return who.idleBrowsers > 0 ? 'away' : 'available';
}
