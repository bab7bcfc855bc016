import type { Tx } from '@carillon/database';
import { CodedError } from '@carillon/service-runtime';

/** The column of `extension` that a thing is found by, and its id. */
export type ExtensionTarget =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'group'; readonly ringGroupId: string }
  | { readonly kind: 'ivr'; readonly ivrMenuId: string }
  | { readonly kind: 'room'; readonly roomId: string };

/**
 * Gives the thing this number in place of the one it had. @param number null takes it away
 * @throws {CodedError} `DIRECTORY.NUMBER_TAKEN`
 */
export async function assignExtension(
  tx: Tx,
  organisationId: string,
  number: string | null,
  target: ExtensionTarget,
): Promise<void> {
  const { kind, ...column } = target;
  const own = await tx.extension.findFirst({ where: column });
  if (own?.number === number) return;
  if (number !== null && (await tx.extension.findFirst({ where: { number } })) !== null)
    throw new CodedError('DIRECTORY.NUMBER_TAKEN', `The number ${number} is already in use`);
  if (own !== null) await tx.extension.delete({ where: { id: own.id } });
  if (number !== null) await tx.extension.create({ data: { organisationId, number, kind, ...column } });
}
