import { z } from 'zod';

/** `admin` manages one organisation; `staff` uses its phones, meetings, chat and voicemail. An admin may do all that staff may. */
export const Role = z.enum(['admin', 'staff']);
export type Role = z.infer<typeof Role>;

/** True where a holder of `role` may do what is reserved for `needed`. */
export function roleCovers(role: Role, needed: Role): boolean {
  return role === 'admin' || needed === 'staff';
}
