import { z } from 'zod';

/** What somebody or something is called. */
export const Name = z.string().trim().min(1).max(80);

/** Of a list that is read in parts. */
export const Page = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
