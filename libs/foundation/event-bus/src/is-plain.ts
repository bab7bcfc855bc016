import type { z } from 'zod';

/** What takes a value as it is: parsing it can only refuse it, or leave out what the schema does not name. */
const LEAVES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'boolean',
  'null',
  'undefined',
  'literal',
  'enum',
  'unknown',
]);

const known = new WeakMap<z.core.$ZodType, boolean>();

/** Whether a value that fits the schema comes out as it went in: no defaults, no coercion, no transforms. */
export function isPlain(schema: z.core.$ZodType): boolean {
  let plain = known.get(schema);
  if (plain === undefined) {
    plain = looksPlain(schema);
    known.set(schema, plain);
  }
  return plain;
}

function looksPlain(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('coerce' in def && def.coerce === true) return false;
  // `trim`, `toLowerCase` and the like.
  if (def.checks?.some((check) => check._zod.def.check === 'overwrite') === true) return false;
  switch (def.type) {
    case 'object':
      return Object.values(def.shape).every(isPlain);
    case 'array':
      return isPlain(def.element);
    case 'union':
      return def.options.every(isPlain);
    case 'record':
      return isPlain(def.keyType) && isPlain(def.valueType);
    case 'nullable':
    case 'optional':
      return isPlain(def.innerType);
    default:
      return LEAVES.has(def.type);
  }
}
