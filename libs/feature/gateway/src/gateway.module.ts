import type { Server } from 'node:http';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Database } from '@carillon/database';
import { Bus } from '@carillon/event-bus';
import { Audit, Login, LoginThrottle, SecretBox, Sessions } from '@carillon/identity';
import { Clock, Health, Logger, Metrics, Settings, Shutdown, TrustedProxies } from '@carillon/service-runtime';
import { addSecurityHeaders } from './http/security-headers.js';
import { denyUndeclared } from './http/deny-undeclared.js';
import { measureRequests } from './http/measure-requests.js';
import { RequestLimit } from './http/request-limit.js';
import { serveOperations } from './http/serve-operations.js';
import { serveRoutes } from './http/serve-routes.js';
import { serveWebApp, WEB_APP_DIR } from './http/serve-web-app.js';
import { Identify, RealtimeServer } from './realtime/index.js';
import { allRoutes } from './routes/all-routes.js';
import type { GatewayServices } from './routes/gateway-services.js';

const GATEWAY_SERVICES = Symbol('GatewayServices');
type Parts = [Settings, Logger, Clock, Database, Bus, Sessions, Login, LoginThrottle, Audit, SecretBox];

/** The HTTP side: REST routes, realtime connections, operations, the web app. */
@Module({
  providers: [
    {
      provide: GATEWAY_SERVICES,
      inject: [Settings, Logger, Clock, Database, Bus, Sessions, Login, LoginThrottle, Audit, SecretBox],
      useFactory: (...parts: Parts): GatewayServices => {
        const [settings, logger, clock, database, bus, sessions, login, throttle, audit, box] = parts;
        const own = { logger: logger.child({ part: 'gateway' }) };
        return { ...own, settings, clock, database, bus, sessions, login, throttle, audit, box };
      },
    },
  ],
})
export class GatewayModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(GATEWAY_SERVICES) private readonly services: GatewayServices,
    @Inject(Health) private readonly health: Health,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  async onModuleInit(): Promise<void> {
    const { settings, logger, sessions, database, bus, clock } = this.services;
    const server: FastifyInstance = this.host.httpAdapter.getInstance();
    denyUndeclared(server);
    measureRequests(server, this.metrics);
    await addSecurityHeaders(server);
    serveOperations(server, this.health, this.metrics);
    await serveWebApp(server, WEB_APP_DIR, logger);
    await serveRoutes(server, allRoutes(this.services), { sessions, limit: new RequestLimit(), logger });

    const proxies = new TrustedProxies(settings.trustedProxies);
    const realtime = new RealtimeServer({ bus, clock, logger, proxies, identify: new Identify(sessions, database) });
    realtime.open(this.host.httpAdapter.getHttpServer<Server>());
    this.shutdown.register('realtime connections', () => realtime.close());
  }
}
