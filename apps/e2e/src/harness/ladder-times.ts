import { adminOf } from './call-history.js';
import type { Carillon } from './carillon.js';
import { until } from './wait.js';

interface Entry {
  readonly kind: 'message' | 'note';
  readonly at: number;
  readonly code: string;
  readonly direction: string;
  readonly method: string;
  readonly status: number | null;
}

/**
 * When something happened in a call, in seconds and as Carillon's own ladder has it: however late a test that waits comes to
 * know of it.
 * @param moments of messages `in INVITE`, `out 180 INVITE`; of what was decided its code, `timer.ring`; the first, or that with
 * the number, `in INVITE #2`
 * @returns one for each of them
 */
export async function ladderTimes<Moments extends readonly string[]>(
  carillon: Carillon,
  callId: string,
  ...moments: Moments
): Promise<{ readonly [Moment in keyof Moments]: number }> {
  const admin = await adminOf(carillon);
  let names: string[] = [];
  const times = await until(`${moments.join(', ')} in the ladder`, async () => {
    const { ladder } = await admin.do<{ ladder: { entries: Entry[] } }>('GET', `/api/calls/${callId}/ladder`);
    names = ladder.entries.map(nameOf);
    const found = moments.map((moment) => {
      const [name, number = '1'] = moment.split(' #');
      return ladder.entries.filter((_, index) => names[index] === name)[Number(number) - 1]?.at ?? Number.NaN;
    });
    return found.every(Number.isFinite) && found.map((milliseconds) => milliseconds / 1000);
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}; there is ${names.join(', ')}`, { cause: error });
  });
  return times as { readonly [Moment in keyof Moments]: number };
}

const nameOf = ({ kind, code, direction, status, method }: Entry): string =>
  kind === 'note' ? code : [direction, status ?? [], method].flat().join(' ');
