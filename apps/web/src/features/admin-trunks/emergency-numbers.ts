interface Pattern {
  readonly pattern: string;
}

/** Those that most of the world dials; a country's own are mostly reached by one of them as well. */
const WELL_KNOWN = ['112', '911'] as const;

/** `X` is any digit, a dot at the end stands for further digits. */
function lets({ pattern }: Pattern, number: string): boolean {
  const open = pattern.endsWith('.');
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? number.length <= fixed.length : number.length !== fixed.length) return false;
  return [...fixed].every((wanted, at) => wanted === number[at] || /^x$/i.test(wanted));
}

/** Numbers go out over the trunk, and emergency numbers are none of them. */
export function forgetsEmergencyNumbers(rules: readonly Pattern[]): boolean {
  // As they are saved, and only what is written already.
  const written = rules
    .map(({ pattern }) => ({ pattern: pattern.replace(/\s/g, '') }))
    .filter(({ pattern }) => pattern !== '');
  if (written.length === 0) return false;
  return !WELL_KNOWN.some((number) => written.some((rule) => lets(rule, number)));
}
