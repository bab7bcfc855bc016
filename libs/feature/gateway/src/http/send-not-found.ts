import type { ApiError } from '@carillon/contracts';
import type { FastifyReply } from 'fastify';

const NOT_FOUND: ApiError = { code: 'REQUEST.NOT_FOUND', message: 'Not found' };

export function sendNotFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('cache-control', 'no-store').send(NOT_FOUND);
}
