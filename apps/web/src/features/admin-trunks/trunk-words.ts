import type { Trunk, TrunkTest } from '@carillon/contracts';

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
