import 'reflect-metadata';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger, Shutdown, TrustedProxies, type Logger, type Settings } from '@carillon/service-runtime';
import { explainError } from './http/error-answer.js';

/** A client that sends its request slower than this is cut off. */
const REQUEST_LIMIT_MS = 30_000;
const MOST_HEADER_BYTES = 16 * 1024;
const BODY_LIMIT_BYTES = 256 * 1024;
/** Taken by the realtime connections and by SIP over WebSocket. Other upgrades would be left open by Node. */
const WEB_SOCKET_PATHS = /^\/(realtime|sip)(\/|\?|$)/;
/** How long running requests may take when the process ends; connections that became WebSockets are not waited for. */
const LAST_REQUESTS_MS = 1_500;

/**
 * The process's HTTP server with these modules in it, not yet listening. Closes with the rest on `Shutdown`.
 * @param module the program's list of features, the gateway among them
 */
export async function createHttpApplication(
  module: DynamicModule,
  settings: Pick<Settings, 'http' | 'trustedProxies'>,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const proxies = new TrustedProxies(settings.trustedProxies);
  const adapter = new FastifyAdapter({
    trustProxy: settings.trustedProxies.length > 0 && ((address: string) => proxies.trusts(address)),
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: REQUEST_LIMIT_MS,
    requestTimeout: REQUEST_LIMIT_MS,
    keepAliveTimeout: 65_000,
    maxParamLength: 256,
    http: { maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: REQUEST_LIMIT_MS },
    forceCloseConnections: true,
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      const { status, body } = explainError(error);
      void reply.code(status).send(body);
    },
  });
  const application = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger.child({ part: 'nest' })),
    bodyParser: false,
    abortOnError: false,
  });
  await application.init();
  const server: Server = application.getHttpServer();
  server.on('upgrade', (request, socket) => {
    if (!WEB_SOCKET_PATHS.test(request.url ?? '')) socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });
  // Registered after every feature's own parts, so it goes first: nothing new comes in while the rest closes.
  application.get(Shutdown).register(`HTTP server on port ${settings.http.port}`, async () => {
    const closing = application.close();
    await Promise.race([closing, sleep(LAST_REQUESTS_MS, undefined, { ref: false })]);
    closing.catch((error: unknown) => logger.error({ error }, 'The HTTP server failed to close'));
  });
  return application;
}
