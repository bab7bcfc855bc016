import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * What pages of ours may load: everything from here and nothing from elsewhere. `wasm-unsafe-eval` for audio worklets,
 * `blob:` and `data:` for recorded and generated media, inline styles for the component library. No forced https: many
 * installations run on a LAN without certificates.
 */
const DIRECTIVES = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  mediaSrc: ["'self'", 'data:', 'blob:', 'mediastream:'],
  fontSrc: ["'self'", 'data:'],
  // CSP Level 3: 'self' covers WebSockets to the same host and port.
  connectSrc: ["'self'", 'blob:'],
  workerSrc: ["'self'", 'blob:'],
  objectSrc: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

export async function addSecurityHeaders(server: FastifyInstance): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    void reply.header('permissions-policy', 'camera=(self), microphone=(self), display-capture=(self), geolocation=()');
    done();
  });
}
