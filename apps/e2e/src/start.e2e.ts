import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Carillon, CARILLON_COMMAND, ROOT } from './harness/carillon.js';
import { phoneOf } from './harness/phones.js';
import { freePorts } from './harness/ports.js';

let carillon: Carillon;

beforeAll(async () => {
  carillon = await Carillon.start();
});
afterEach(() => carillon.revive());
afterAll(() => carillon?.remove());

/** Runs it with settings that it should refuse. */
function refusal(environment: NodeJS.ProcessEnv): { code: number | null; text: string } {
  const run = spawnSync(process.execPath, CARILLON_COMMAND, {
    cwd: ROOT,
    env: { ...process.env, CARILLON_DATA_DIR: join(carillon.dataDir, 'other'), ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: run.status, text: run.stdout + run.stderr };
}

describe('a start', () => {
  it('shows the addresses, the generated password and the extensions, and keeps the credentials to itself', () => {
    const { demo, output, dataDir } = carillon;
    expect(output).toContain(demo.portal.url);
    expect(output).toContain(demo.portal.admin.password);
    for (const staff of demo.staff) expect(output).toContain(staff.extension);
    expect(demo.staff.map((one) => one.extension)).toEqual(['1001', '1002', '1003', '1004', '1005', '1006']);
    expect(statSync(join(dataDir, 'demo.json')).mode & 0o777).toBe(0o600);
    expect(new Set(demo.staff.map((one) => one.sipPassword)).size).toBe(6);
  });

  it('serves health and metrics', async () => {
    const health = await fetch(`${carillon.httpUrl}/health`);
    expect(health.status).toBe(200);
    expect(await (await fetch(`${carillon.httpUrl}/metrics`)).text()).toContain('process_cpu_seconds_total');
  });

  it('for the second time takes seconds, keeps everything, and prints no password again', async () => {
    const before = carillon.demo;
    await carillon.end('SIGINT');
    const length = carillon.output.length;
    const started = Date.now();
    await carillon.run();
    // Five here, and the machine may be busy: a first start takes minutes.
    expect(Date.now() - started).toBeLessThan(40_000);
    expect(carillon.demo).toEqual(before);
    expect(carillon.output.slice(length)).not.toContain(before.portal.admin.password);
  });

  it('comes back after kill -9', async () => {
    await carillon.end('SIGKILL');
    await carillon.run();
    const phone = await phoneOf(carillon, '1001', { tone: 440 });
    await phone.stop();
  });

  it('runs beside another installation', async () => {
    const other = await Carillon.start();
    try {
      expect(other.demo.portal.admin.password).not.toBe(carillon.demo.portal.admin.password);
      const phone = await phoneOf(other, '1001', { tone: 440 });
      await phone.stop();
    } finally {
      await other.remove();
    }
  });
});

describe('a refusal to start is one clear sentence', () => {
  it('for settings, all that is wrong at once', () => {
    const { code, text } = refusal({
      CARILLON_HTTP_PORT: 'eighty',
      CARILLON_RTP_PORTS: '9-1',
      CARILLON_LOG_LEVEL: 'loud',
    });
    expect(code).toBe(1);
    for (const name of ['CARILLON_HTTP_PORT', 'CARILLON_RTP_PORTS', 'CARILLON_LOG_LEVEL']) expect(text).toContain(name);
    expect(text).not.toContain(' at ');
  });

  it('for a taken port', async () => {
    const port = await freePorts();
    const server = createServer().listen(port, '127.0.0.1');
    try {
      const { code, text } = refusal({
        CARILLON_HTTP_PORT: String(port),
        CARILLON_SIP_PORT: String(await freePorts(2)),
      });
      expect(code).toBe(1);
      expect(text).toContain(String(port));
      expect(text).toContain('CARILLON_HTTP_PORT');
    } finally {
      server.close();
    }
  });

  it('for a data directory that cannot be written, or is in use', async () => {
    const file = join(carillon.dataDir, 'a-file');
    writeFileSync(file, '');
    const ports = { CARILLON_HTTP_PORT: String(await freePorts()), CARILLON_SIP_PORT: String(await freePorts(2)) };
    const unwritable = refusal({ ...ports, CARILLON_DATA_DIR: join(file, 'below') });
    expect(unwritable.code).toBe(1);
    expect(unwritable.text).toContain('data directory');
    const inUse = refusal({ ...ports, CARILLON_DATA_DIR: carillon.dataDir });
    expect(inUse.code).toBe(1);
    expect(inUse.text).toContain('already runs');
  });
});

describe('Ctrl-C', () => {
  it('ends the calls politely and stops the database', async () => {
    const alice = await phoneOf(carillon, '1001', { tone: 440 });
    const bob = await phoneOf(carillon, '1002', { tone: 700 });
    try {
      alice.dial('1002');
      await bob.seen('CALL_ESTABLISHED');
      expect(await carillon.end('SIGINT')).toBe(0);
      await alice.seen('CALL_CLOSED');
      await bob.seen('CALL_CLOSED');
      const postgres = spawnSync('pgrep', ['-f', carillon.dataDir], { encoding: 'utf8' });
      expect(postgres.stdout.trim()).toBe('');
    } finally {
      await Promise.all([alice.stop(), bob.stop()]);
      await carillon.run();
    }
  });
});
