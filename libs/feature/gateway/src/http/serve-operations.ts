import type { Health, Metrics } from '@carillon/service-runtime';
import type { FastifyInstance } from 'fastify';

/** For monitoring: `GET /health` (200 or 503, each part by name) and `GET /metrics` (Prometheus). */
export function serveOperations(server: FastifyInstance, health: Health, metrics: Metrics): void {
  server.get('/health', { config: { access: 'public' } }, async (_request, reply) => {
    const report = await health.report();
    return reply
      .header('cache-control', 'no-store')
      .code(report.ok ? 200 : 503)
      .send(report);
  });
  server.get('/metrics', { config: { access: 'public' } }, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text()),
  );
}
