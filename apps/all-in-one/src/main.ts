import 'reflect-metadata';
import cluster from 'node:cluster';
import { openDatabase } from '@carillon/database';
import { createHttpApplication } from '@carillon/gateway';
import { SecretBox, seedDemo, warnOfDomain } from '@carillon/identity';
import {
  assertNodeVersion,
  assertPortsFree,
  claimDataDirectory,
  createLogger,
  guardProcess,
  helpersGiveWay,
  loadSettings,
  Shutdown,
  StartRefusal,
} from '@carillon/service-runtime';
import { SipWebSocket, SipWebSocketDoor } from '@carillon/signalling';
import { AllInOneModule } from './all-in-one.module.js';
import { bannerOf } from './banner.js';
import { refreshDemoFile, writeDemoFile } from './demo-file.js';
import { startSignallingProcess } from './start-signalling-process.js';

/** From the environment to a running phone system. @throws {StartRefusal} what a person can mend */
async function start(): Promise<void> {
  assertNodeVersion();
  // Of a service it asks for certificates to be read again, which is done while they are open; it never ends one.
  if (!process.stdin.isTTY && !process.stdout.isTTY) process.on('SIGHUP', () => undefined);
  const settings = loadSettings();
  const logger = createLogger(settings.logLevel);
  const refused = helpersGiveWay();
  if (refused !== undefined) logger.debug({ error: refused }, 'Helpers of this process do not give way');
  const dataDirectory = claimDataDirectory(settings.dataDir);
  const shutdown = new Shutdown(logger);
  shutdown.register('data directory', () => dataDirectory.release());
  guardProcess({ logger, shutdown });
  try {
    await assertPortsFree(settings);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => void shutdown.run(signal).then(() => process.exit(0)));
    const database = await openDatabase(settings, logger);
    const stopDatabase = shutdown.register('database', () => database.close(), 40_000);
    const seed = await seedDemo(
      database.database,
      SecretBox.open(settings.dataDir),
      settings.sipDomain,
      (fresh) => void writeDemoFile(settings, fresh),
    );
    if (seed === undefined) await warnOfDomain(database.database, settings, logger);
    // From here on the module closes the database, in its turn.
    stopDatabase();
    const application = await createHttpApplication(
      AllInOneModule.forRoot({ settings, logger, shutdown }, database),
      settings,
      logger,
    );
    const door = settings.signallingProcesses > 1 ? application.get(SipWebSocketDoor) : application.get(SipWebSocket);
    door.attach(application.getHttpServer());
    await application.listen(settings.http.port, settings.http.host);
    process.stdout.write(`${bannerOf(settings, refreshDemoFile(settings), seed !== undefined)}\n`);
    // To `npm start`, which then passes signals on.
    process.send?.('started');
  } catch (error) {
    await shutdown.run('the start failed');
    throw error;
  }
}

(cluster.isWorker ? startSignallingProcess() : start()).catch((error: unknown) => {
  if (error instanceof StartRefusal) process.stderr.write(`\nCarillon cannot start. ${error.message}\n\n`);
  else process.stderr.write(`\nCarillon failed to start.\n${error instanceof Error ? error.stack : String(error)}\n\n`);
  process.exit(1);
});
