import type { z } from 'zod';
import { isPlain } from './is-plain.js';

/** Gives a value of our own what its schema fills in. */
export type FillIn = (value: unknown) => unknown;

const known = new WeakMap<z.core.$ZodType, FillIn | undefined>();

/**
 * What parsing a value that fits would change of it: nothing, or the top fields that are left out get their default words,
 * numbers or switches. @returns undefined where parsing does more than that
 */
export function fillInFor(schema: z.core.$ZodType): FillIn | undefined {
  if (!known.has(schema)) known.set(schema, isPlain(schema) ? asItIs : readDefaults(schema));
  return known.get(schema);
}

const asItIs: FillIn = (value) => value;

function readDefaults(schema: z.core.$ZodType): FillIn | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'object' || (def.checks ?? []).length > 0) return undefined;
  const defaults: (readonly [key: string, value: unknown])[] = [];
  for (const [key, field] of Object.entries(def.shape)) {
    if (isPlain(field)) continue;
    const inner = (field as z.core.$ZodTypes)._zod.def;
    // An object would be shared by all who get it.
    if (inner.type !== 'default' || !isPlain(inner.innerType) || typeof inner.defaultValue === 'object')
      return undefined;
    defaults.push([key, inner.defaultValue]);
  }
  return (value) => {
    const given = value as Readonly<Record<string, unknown>>;
    // Who says all of it is not copied.
    let filled: Record<string, unknown> | undefined;
    for (const [key, text] of defaults)
      if (given[key] === undefined) {
        filled ??= { ...given };
        filled[key] = text;
      }
    return filled ?? given;
  };
}
