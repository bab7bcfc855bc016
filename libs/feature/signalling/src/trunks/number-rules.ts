/** Numbers that a rule is for, and how they go out. */
export interface NumberRule {
  /** Digits, `+`, `*`, `#`; `X` is any digit; a `.` at the end stands for one or more further digits. */
  readonly pattern: string;
  /** Leading characters to take off. */
  readonly strip: number;
  /** What comes before the rest then. */
  readonly prepend: string;
}

/** The number as the first rule that fits makes it, undefined where none does. Pure. */
export function dialledBy(rules: readonly NumberRule[], number: string): string | undefined {
  const rule = rules.find(({ pattern }) => fits(pattern, number));
  return rule === undefined ? undefined : `${rule.prepend}${number.slice(rule.strip)}`;
}

function fits(pattern: string, number: string): boolean {
  const open = pattern.endsWith('.');
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? number.length <= fixed.length : number.length !== fixed.length) return false;
  for (let at = 0; at < fixed.length; at += 1) {
    const wanted = fixed.charAt(at);
    const found = number.charAt(at);
    if (wanted.toUpperCase() === 'X' ? !/\d/.test(found) : wanted !== found) return false;
  }
  return open ? /^\d+$/.test(number.slice(fixed.length)) : true;
}

/** The same number, however it is written: `+49 30 123` and `004930123` differ only in how they begin. */
export function sameNumber(a: string, b: string): boolean {
  return bare(a) === bare(b);
}

function bare(number: string): string {
  return number.replace(/^(\+|00)/, '');
}
