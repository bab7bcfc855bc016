import type { ReactNode } from 'react';

/** What is wrong with a list: as a whole, or with the first of its items that is. */
export function errorWithin(errors: Readonly<Record<string, ReactNode>>, field: string): ReactNode {
  return errors[field] ?? Object.entries(errors).find(([name]) => name.startsWith(`${field}.`))?.[1];
}
