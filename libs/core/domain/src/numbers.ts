import { z } from 'zod';

/** An extension as dialled: 2–8 digits, or a feature code such as *97. */
export const ExtensionNumber = z.string().regex(/^(\d{2,8}|\*\d{2,4})$/, {
  error: 'An extension has 2 to 8 digits, or is a feature code such as *97',
});
export type ExtensionNumber = z.infer<typeof ExtensionNumber>;

/** One key of a phone. */
export const DtmfDigit = z.enum(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D']);
export type DtmfDigit = z.infer<typeof DtmfDigit>;

/** A PIN for mailboxes and rooms: 4–10 digits. */
export const Pin = z.string().regex(/^\d{4,10}$/, { error: 'A PIN has 4 to 10 digits' });
export type Pin = z.infer<typeof Pin>;
