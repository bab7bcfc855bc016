import type { Trunk, TrunkEncryption, TrunkTest } from '@carillon/contracts';

/** What each choice is called. */
export const encryptionWords: Readonly<Record<TrunkEncryption, string>> = {
  none: 'Never by us',
  'srtp-optional': 'SRTP where it can',
  srtp: 'SRTP always',
};

/** What each choice does. */
export const encryptionHelp: Readonly<Record<TrunkEncryption, string>> = {
  none: 'Calls out are not encrypted. Calls in that ask for SRTP get it.',
  'srtp-optional': 'Calls out ask for SRTP, and go on without it where the other side refuses it.',
  srtp: 'No call without SRTP, neither out nor in: others are refused. Where this trunk fails, its calls go on over trunks with SRTP alone.',
};

export interface TrunkCondition {
  readonly words: string;
  readonly colour: 'green' | 'red' | 'yellow' | 'gray';
  /** What is wrong, in the words of the other side. */
  readonly problem: string | null;
}

/** How a trunk is doing, in one word and one colour. */
export function conditionOf({ enabled, state }: Pick<Trunk, 'enabled' | 'state'>): TrunkCondition {
  if (!enabled) return { words: 'Off', colour: 'gray', problem: null };
  if (state === null) return { words: 'Not known', colour: 'gray', problem: null };
  const { registration, reachable, problem } = state;
  if (registration === 'failed') return { words: 'Not registered', colour: 'red', problem };
  if (reachable === 'no') return { words: 'No answer', colour: 'red', problem };
  if (registration === 'registering') return { words: 'Registering', colour: 'yellow', problem };
  if (registration === 'registered') return { words: 'Registered', colour: 'green', problem: null };
  if (reachable === 'unknown') return { words: 'Asking', colour: 'yellow', problem: null };
  return { words: 'Reachable', colour: 'green', problem: null };
}

/** What to look at first, where a trunk does not work. */
export function adviceFor({ colour, problem }: TrunkCondition): string | null {
  if (colour !== 'red') return null;
  return /^40[1347]\b/.test(problem ?? '') ? 'Check user name and password.' : 'Check domain, port and transport.';
}

/** What a test found. */
export function probeWords(name: string, { reachable, status, reason, milliseconds }: TrunkTest): string {
  return reachable
    ? `${name} answers: ${status} ${reason}, after ${milliseconds} ms.`
    : `${name} does not answer: ${status} ${reason}.`;
}
