import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ninjaFile } from './ninja-file.mjs';
import { MEDIASOUP_DIR } from './worker-location.mjs';
import { workerSources } from './worker-sources.mjs';

const worker = join(MEDIASOUP_DIR, 'worker');

it('finds every source that the installed mediasoup is made of', () => {
  const sources = workerSources(worker);
  expect(sources.length).toBeGreaterThan(200);
  expect(sources).toContain('src/main.cpp');
  expect(sources).toContain('src/RTC/TransportCongestionControlClient.cpp');
  expect(sources.filter((file) => !existsSync(join(worker, file)))).toEqual([]);
  expect(new Set(sources).size).toBe(sources.length);
});

it('writes a build of each, with one link at its end', () => {
  const text = ninjaFile(['src/main.cpp', 'src/RTC/DtlsTransport.cpp'], 'g++');
  expect(text).toContain('build obj/src/main.o: compile worker/src/main.cpp');
  expect(text).toContain('  extra = -include compat/ktls_safe_bio.h');
  expect(text).toContain('build mediasoup-worker: link obj/src/main.o obj/src/RTC/DtlsTransport.o');
});
