/** What makes a source suspicious. */
export type Offence =
  'scanner' | 'wrong-credentials' | 'unanswered-challenge' | 'unknown-domain' | 'malformed' | 'flood';

interface OffenceRule {
  /** At 100 a source is banned. */
  readonly points: number;
  /** In plain words, for the portal and the log. */
  readonly words: string;
}

/**
 * What each offence weighs. Points fade by 20 a minute and are forgotten after any success, so a phone with a wrong
 * password, which tries a few times a minute, is slowed by its 403s and not banned, while a guesser is within seconds.
 */
export const OFFENCES: Readonly<Record<Offence, OffenceRule>> = {
  scanner: { points: 100, words: 'A known scanning tool' },
  'wrong-credentials': { points: 8, words: 'Wrong passwords' },
  // A whole office behind one address is challenged before its first phone has answered.
  'unanswered-challenge': { points: 0.1, words: 'Requests without credentials, one after the other' },
  'unknown-domain': { points: 3, words: 'Requests for addresses that do not exist here' },
  malformed: { points: 1, words: 'Messages that are no SIP' },
  flood: { points: 10, words: 'More messages than any phone sends' },
};

/** Points at which a source is banned. */
export const BAN_AT_POINTS = 100;
export const FADE_POINTS_PER_MINUTE = 20;
/** How long, at the first time, the second, and every further time within a day of the last. */
export const BAN_SECONDS = [600, 3_600, 86_400] as const;

/**
 * What an answer of ours says about who asked. 403 is given for wrong credentials, 404 for what is not here, 400 and 413
 * for what cannot be read; 401 and 407 count until they are followed by a success.
 */
export function offenceOfStatus(status: number): Offence | undefined {
  switch (status) {
    case 400:
    case 413:
      return 'malformed';
    case 401:
    case 407:
      return 'unanswered-challenge';
    case 403:
      return 'wrong-credentials';
    case 404:
      return 'unknown-domain';
    default:
      return undefined;
  }
}

/** Tools that look for open or weakly protected servers, by the User-Agent that they send unless told otherwise. */
const SCANNERS =
  /friendly-?scanner|sipvicious|sip-?scan|sipcli|sipsak|sundayddr|iwar\b|vaxsipuseragent|pplsip|smap\b|siparmyknife|svmap|svwar|svcrack|\bnmap\b|masscan|zgrab/i;

export function isScanner(userAgent: string): boolean {
  return SCANNERS.test(userAgent);
}
