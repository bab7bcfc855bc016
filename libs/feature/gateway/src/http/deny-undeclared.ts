import type { RouteAccess } from '@carillon/contracts';
import type { FastifyInstance } from 'fastify';
import { sendNotFound } from './send-not-found.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. A route without it is refused to everyone. */
    access?: RouteAccess;
  }
}

/** A route that somebody registered without saying who may use it is answered like one that does not exist. */
export function denyUndeclared(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && request.routeOptions.config.access !== undefined) done();
    else sendNotFound(reply);
  });
}
