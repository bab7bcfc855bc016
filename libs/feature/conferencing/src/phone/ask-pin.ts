import { timingSafeEqual } from 'node:crypto';
import type { PlaySource } from '@carillon/contracts';
import type { PhoneLine } from './phone-line.js';

const PIN_ATTEMPTS = 3;
const FIRST_DIGIT_MS = 12_000;
const NEXT_DIGIT_MS = 5_000;
const LONGEST_PIN = 10;

function equalPins(a: string, b: string): boolean {
  const pad = (text: string): Buffer => Buffer.from(text.padEnd(LONGEST_PIN + 1, ' '));
  return a.length <= LONGEST_PIN && timingSafeEqual(pad(a), pad(b));
}

/**
 * Reads one PIN: it ends with #, when it is right, or after a pause; * begins anew.
 * @returns undefined where the caller has gone
 */
async function readPin(line: PhoneLine, expected: string): Promise<string | undefined> {
  let entered = '';
  for (;;) {
    const digit = await line.nextDigit(entered === '' ? FIRST_DIGIT_MS : NEXT_DIGIT_MS);
    if (digit === 'gone') return undefined;
    if (digit === 'timeout' || digit === '#') return entered;
    if (digit === '*') entered = '';
    else entered += digit;
    if (equalPins(entered, expected) || entered.length >= LONGEST_PIN) return entered;
  }
}

export interface PinPrompts {
  readonly ask: readonly PlaySource[];
  readonly wrong: readonly PlaySource[];
}

/** Asks up to three times; the caller may begin before the prompt has ended. */
export async function askPin(
  line: PhoneLine,
  expected: string,
  { ask, wrong, noteWrong }: PinPrompts & { readonly noteWrong: () => void },
): Promise<'right' | 'wrong' | 'gone'> {
  for (let attempt = 1; attempt <= PIN_ATTEMPTS; attempt++) {
    const prompt = attempt === 1 ? ask : [...wrong, ...ask];
    void line.play(prompt, { bargeIn: true });
    const entered = await readPin(line, expected);
    if (entered === undefined) return 'gone';
    if (equalPins(entered, expected)) return 'right';
    if (entered !== '') noteWrong();
    line.forgetDigits();
  }
  return 'wrong';
}
