import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallId, LegId, newId, OrganisationId } from '@carillon/domain';
import { Bus, EventBusModule } from '@carillon/event-bus';
import { Health, RuntimeModule, Shutdown, loadSettings, silentLogger, type Settings } from '@carillon/service-runtime';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, it } from 'vitest';
import { MediaPlaneModule } from './index.js';

it('starts as a module, serves phones, shows in the health report, and closes in order', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'carillon-media-module-'));
  const host = '127.0.0.1';
  const settings: Settings = {
    ...loadSettings({ CARILLON_DATA_DIR: dataDir }),
    advertisedAddress: host,
    rtpPorts: { min: 16_450, max: 16_489 },
    logLevel: 'silent',
  };
  const logger = silentLogger();
  const shutdown = new Shutdown(logger);
  @Module({
    imports: [RuntimeModule.forRoot({ settings, logger, shutdown }), EventBusModule.forRoot(), MediaPlaneModule],
  })
  class Program {}
  const context = await NestFactory.createApplicationContext(Program, { logger: ['error'] });
  const bus = context.get(Bus);
  const ids = { organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId) };
  const opened = await bus.call('media.open', ids);
  expect(opened.ok && opened.sdp).toMatch(/^m=audio 164\d\d RTP\/AVP 107 9 0 8 /m);
  const { parts } = await context.get(Health).report();
  expect(parts['phone media']).toMatchObject({ ok: true, detail: expect.stringContaining('1 of') as string });
  expect(parts).toHaveProperty('meetings');
  await shutdown.run('test over');
  await context.close();
  await rm(dataDir, { recursive: true });
});
