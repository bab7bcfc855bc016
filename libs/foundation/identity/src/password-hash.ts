import { hash, verify } from '@node-rs/argon2';

/** OWASP's figures for argon2id: 19 MiB, two passes, one lane; about 30 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** For a person's password or a mailbox PIN: argon2id, as a PHC string. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** A hash of nothing that anybody knows, to spend the same time where there is no account. */
let decoy: Promise<string> | undefined;

/**
 * Does the password fit? Takes as long where there is no hash to compare with.
 * @param stored PHC string; undefined where the account does not exist
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const matches = await verify(stored ?? (await decoy), password);
  return stored !== undefined && matches;
}
