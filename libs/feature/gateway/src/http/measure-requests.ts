import type { Metrics } from '@carillon/service-runtime';
import type { FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';

/** How long answers take, by route (never by address: that would be without bound) and status. */
export function measureRequests(server: FastifyInstance, metrics: Metrics): void {
  const duration = new Histogram({
    name: 'carillon_http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [metrics.registry],
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}
