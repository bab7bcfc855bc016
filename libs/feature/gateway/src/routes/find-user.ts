import type { Tx } from '@carillon/database';
import { notFound } from '../http/refusals.js';
import { WITH_USER_PARTS, type UserWithParts } from './describe-user.js';

/** @throws {CodedError} `REQUEST.NOT_FOUND` where the organisation has no such user */
export async function findUser(tx: Tx, userId: string): Promise<UserWithParts> {
  const user = await tx.user.findUnique({ where: { id: userId }, include: WITH_USER_PARTS });
  if (user === null) throw notFound('There is no such user');
  return user;
}
