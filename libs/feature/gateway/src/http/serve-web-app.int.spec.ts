import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@carillon/service-runtime';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denyUndeclared } from './deny-undeclared.js';
import { serveWebApp } from './serve-web-app.js';

/** A page could be called so; what is no address at all. */
const STATUS: Readonly<Record<string, number>> = { '/assets': 200, '/%ff': 400 };
const folder = mkdtempSync(join(tmpdir(), 'carillon-web-'));
let server: FastifyInstance;

async function serve(root: string): Promise<FastifyInstance> {
  const instance: FastifyInstance = new FastifyAdapter().getInstance();
  denyUndeclared(instance);
  await serveWebApp(instance, root, silentLogger());
  instance.get('/undeclared', () => 'secret');
  await instance.ready();
  return instance;
}
const get = async (url: string) => {
  const { statusCode, headers, body } = await server.inject({ method: 'GET', url });
  return { status: statusCode, cache: headers['cache-control'], type: headers['content-type'], body };
};

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<title>Carillon</title>');
  writeFileSync(join(folder, 'assets', 'app-a1b2.js'), 'start()');
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, '.inputs'), 'hidden');
  server = await serve(folder);
});
afterAll(async () => server?.close());

describe('the web app', () => {
  it('answers every page address with its one page, which is asked for anew each time', async () => {
    for (const url of ['/', '/calls', '/guest/abc?name=x', '/admin/users/1234']) {
      const { status, cache, type, body } = await get(url);
      expect([url, status, cache, body]).toEqual([url, 200, 'no-cache', '<title>Carillon</title>']);
      expect(type).toContain('text/html');
    }
  });

  it('lets files with a hash in their name be kept', async () => {
    expect(await get('/assets/app-a1b2.js')).toMatchObject({
      status: 200,
      body: 'start()',
      cache: 'public, max-age=31536000, immutable',
    });
    expect(await get('/favicon.svg')).toMatchObject({ status: 200, cache: 'no-cache' });
  });

  it('answers 404 to what is neither, so that a stale page notices', async () => {
    for (const url of [
      '/assets/app-old.js',
      '/missing.png',
      '/.inputs',
      '/assets/',
      '/assets',
      '/api/x',
      '/realtime',
      '/..%2f..%2fetc/passwd',
      '/%00',
      '/%ff',
    ])
      expect([url, (await get(url)).status]).toEqual([url, STATUS[url] ?? 404]);
  });

  it('hides a route that does not say who may use it', async () => {
    const { status, body } = await get('/undeclared');
    expect([status, body]).toEqual([404, expect.not.stringContaining('secret')]);
  });

  it('that is not built yet is answered 404', async () => {
    const bare = await serve(mkdtempSync(join(tmpdir(), 'carillon-web-')));
    expect((await bare.inject({ method: 'GET', url: '/' })).statusCode).toBe(404);
    await bare.close();
  });
});
