import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Tx } from '@carillon/database';
import type { GatewayServices } from './gateway-services.js';

/** The recordings of a mailbox that is about to go, by user. */
export async function listVoicemailFiles(tx: Tx, userId: string): Promise<string[]> {
  const mailbox = await tx.mailbox.findUnique({ where: { userId }, include: { messages: { select: { path: true } } } });
  if (mailbox === null) return [];
  const { greetingPath, messages } = mailbox;
  return [...messages.map(({ path }) => path), ...(greetingPath === null ? [] : [greetingPath])];
}

/** After the rows are gone. A file that cannot be removed is logged: it takes space and does no other harm. */
export async function removeVoicemailFiles(
  { settings, logger }: GatewayServices,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    try {
      await rm(resolve(settings.dataDir, path), { force: true });
    } catch (error) {
      logger.warn({ path, error }, 'A recording could not be removed');
    }
  }
}
