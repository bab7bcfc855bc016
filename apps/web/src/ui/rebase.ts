const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What tells an item of a list from the others in it, whatever else of it changes; undefined: nothing does. */
export type Identify = (item: unknown) => string | undefined;

const byItself: Identify = (item) => (typeof item === 'string' ? item : undefined);

/**
 * What a form shows when what is stored has changed under it: what the user has edited stays, everything else follows.
 * Field by field, also within objects; item by item in lists of texts and of what `identify` knows, else a list is one
 * field. An item is one value: half of one and half of another's may mean what neither wanted. Pure.
 * @param before what the form began with @param edited what it shows now
 */
export function rebase<Values>(before: Values, edited: Values, stored: Values, identify: Identify = byItself): Values {
  if (isRecord(before) && isRecord(edited) && isRecord(stored)) {
    const merged = Object.keys(edited).map((name) => [
      name,
      rebase(before[name], edited[name], stored[name], identify),
    ]);
    return Object.fromEntries(merged) as Values;
  }
  if (isSame(before, edited)) return stored;
  if (Array.isArray(before) && Array.isArray(edited) && Array.isArray(stored))
    return rebaseList({ before, edited, stored }, identify) as Values;
  return edited;
}

interface Lists {
  readonly before: readonly unknown[];
  readonly edited: readonly unknown[];
  readonly stored: readonly unknown[];
}

/** In the order that the user sees; what another has added comes last. */
function rebaseList({ before, edited, stored }: Lists, identify: Identify): readonly unknown[] {
  if ([...before, ...edited, ...stored].some((item) => identify(item) === undefined)) return edited;
  const byKey = (list: readonly unknown[]) => new Map(list.map((item) => [identify(item), item]));
  const [was, shown, is] = [byKey(before), byKey(edited), byKey(stored)];
  const kept = edited.flatMap((item) => {
    const key = identify(item);
    if (!was.has(key)) return [item];
    if (!isSame(was.get(key), item)) return [item];
    // Untouched here: as another has changed it, or taken it away.
    return is.has(key) ? [is.get(key)] : [];
  });
  return [...kept, ...stored.filter((item) => !was.has(identify(item)) && !shown.has(identify(item)))];
}
