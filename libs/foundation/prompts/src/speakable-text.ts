/** Letters that no accent explains. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', Æ: 'Ae', ø: 'o', Ø: 'O', œ: 'oe', Œ: 'Oe', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', þ: 'th',
  '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '—': ', ', '…': '.', '&': ' and ',
}; // prettier-ignore

/** Keys and signs as the voice should say them. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\*/g, ' star '],
  [/#/g, ' pound '],
  [/\+(?=\d)/g, ' plus '],
];

const spaced = (digits: string): string => digits.split('').join(', ');

/**
 * The text as the voice takes it: ASCII, one line, keys in words. Numbers of four and more digits, or with a leading
 * zero, are extensions and PINs here, so they are read digit by digit; shorter ones are quantities ("12" is "twelve"),
 * and times such as 14:35 stay times.
 * @returns an empty string where nothing can be spoken, such as a name in a script that the voice does not know
 */
export function speakableText(text: string): string {
  const plain = text
    .replaceAll(/[^\u0020-\u007E]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .replaceAll('&', ' and ');
  const worded = SIGNS.reduce((line, [sign, word]) => line.replaceAll(sign, word), plain);
  const line = worded
    .replaceAll(/[^A-Za-z0-9.,;:!?'"()/%$@ -]+/g, ' ')
    .replaceAll(/(?<![\d:.,])(\d{4,}|0\d+)(?![\d:])/g, (_, digits: string) => spaced(digits))
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[.,;:!?])/g, '')
    .trim();
  return /[A-Za-z0-9]/.test(line) ? line : '';
}

/** A number read digit by digit, however short: `97` → `9, 7`. Keys are named: `*97` → `star 9, 7`. */
export function sayDigits(number: string): string {
  return number
    .replaceAll(/\d+/g, spaced)
    .replaceAll('*', 'star ')
    .replaceAll('#', 'pound ')
    .replaceAll('+', 'plus ')
    .trim();
}
