import { routes, type Route, type RouteName } from '@carillon/contracts';
import { isOriginOfHost, readSessionToken, type Sessions } from '@carillon/identity';
import type { Logger } from '@carillon/service-runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authorise } from './authorise.js';
import { BytesAnswer } from './bytes-answer.js';
import { explainError } from './error-answer.js';
import { FileAnswer } from './file-answer.js';
import { parseRequest } from './parse-request.js';
import type { RequestLimit } from './request-limit.js';
import type { RouteHandlers } from './route-types.js';
import { sessionCookie } from './session-cookie.js';

/** Bodies are forms; the few routes that take files say so. */
const BODY_LIMIT_BYTES = 256 * 1024;

export interface RouteServices {
  readonly sessions: Sessions;
  readonly limit: RequestLimit;
  readonly logger: Logger;
}

/** As a handler looks to the pipeline, which has checked everything before. */
type AnyHandler = (request: object) => Promise<unknown>;

/** How the client reached us: a trusted proxy names the scheme, and so does the browser where it sends `Origin`. */
function originOf({ headers: { origin }, host, protocol }: FastifyRequest): string {
  const secure = protocol === 'https' || (origin?.startsWith('https:') === true && isOriginOfHost(origin, host));
  return `${secure ? 'https' : 'http'}://${host}`;
}

/** Pages fetch what has changed by themselves; they say so where nobody is there to see it. */
function isUse({ method, headers }: FastifyRequest): boolean {
  return method !== 'GET' || headers['x-carillon-idle'] === undefined;
}

/** Before a large body is read: who may not send it has only cost its headers. */
async function admitBody(route: Route, { sessions }: RouteServices, request: FastifyRequest): Promise<void> {
  authorise(route, await sessions.peek(readSessionToken(request.headers)), request);
}

/** A request's way, step by step. */
async function answer(
  route: Route,
  handler: AnyHandler,
  services: RouteServices,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  await services.limit.take(request.ip);
  const token = readSessionToken(request.headers);
  const { sessions } = services;
  const principal = await (isUse(request) ? sessions.authenticate(token) : sessions.peek(token));
  authorise(route, principal, request);
  const parsed = parseRequest(route, request);
  const origin = originOf(request);
  const result = await handler({
    ...{ ...parsed, principal },
    client: { address: request.ip, userAgent: request.headers['user-agent'] ?? '', token, origin },
    setSession: (fresh: string | undefined) =>
      void reply.header('set-cookie', sessionCookie(fresh, origin.startsWith('https:'))),
  });
  void reply.header('cache-control', 'no-store');
  if (result instanceof FileAnswer)
    return reply.type(result.contentType).sendFile(result.path, result.root, { cacheControl: false, dotfiles: 'deny' });
  if (result instanceof BytesAnswer)
    return reply
      .type(result.contentType)
      .header('content-disposition', `attachment; filename="${result.fileName}"`)
      .send(result.bytes);
  if (route.response === undefined) return reply.code(204).send();
  return reply.send(route.response.parse(result));
}

/** Answers every failure in the one form that clients know. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const { status, body, retryAfterSeconds, unexpected } = explainError(error);
  if (unexpected) logger.error({ error, method: request.method, path: request.routeOptions.url }, 'A request failed');
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  void reply.header('cache-control', 'no-store').code(status).send(body);
}

/** Serves every route of the contracts, each with the access that it declares there. */
export async function serveRoutes(
  server: FastifyInstance,
  handlers: RouteHandlers,
  services: RouteServices,
): Promise<void> {
  await server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES },
      (_request, body, parsed) => {
        try {
          parsed(null, body === '' ? undefined : JSON.parse(String(body)));
        } catch (error) {
          parsed(Object.assign(new SyntaxError('Not JSON', { cause: error }), { statusCode: 400 }));
        }
      },
    );
    scope.setErrorHandler((error, request, reply) => sendError(error, request, reply, services.logger));
    for (const name of Object.keys(routes) as RouteName[]) {
      const route: Route = routes[name];
      const handler = handlers[name] as AnyHandler;
      scope.route({
        method: route.method,
        url: route.path,
        bodyLimit: route.bodyBytes ?? BODY_LIMIT_BYTES,
        config: { access: route.access },
        ...(route.bodyBytes === undefined
          ? {}
          : { onRequest: (request: FastifyRequest) => admitBody(route, services, request) }),
        handler: (request, reply) => answer(route, handler, services, request, reply),
      });
    }
    done();
  });
}
