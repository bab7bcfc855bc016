import { NestFactory } from '@nestjs/core';
import { openDatabase } from '@carillon/database';
import { processLink, SpokeTransport } from '@carillon/event-bus';
import {
  createLogger,
  guardProcess,
  helpersGiveWay,
  loadSettings,
  NestLogger,
  Shutdown,
} from '@carillon/service-runtime';
import { SipWebSocket, takeSipUpgrades, tellReady } from '@carillon/signalling';
import { SignallingProcessModule } from './signalling-process.module.js';

/** One of the processes that signalling runs in. The one that started it has the database, the data directory and all else. */
export async function startSignallingProcess(): Promise<void> {
  const settings = loadSettings();
  const logger = createLogger(settings.logLevel).child({ pid: process.pid });
  const refused = helpersGiveWay();
  if (refused !== undefined) logger.debug({ error: refused }, 'Helpers of this process do not give way');
  const shutdown = new Shutdown(logger);
  guardProcess({ logger, shutdown });
  const end = (reason: string): void => void shutdown.run(reason).then(() => process.exit(0));
  process.on('SIGTERM', () => end('SIGTERM'));
  // At a terminal this goes to everybody: who started us tells us when it is our turn.
  process.on('SIGINT', () => undefined);
  const transport = new SpokeTransport(processLink(process), logger.child({ part: 'bus' }), () =>
    end('the process that started this one has ended'),
  );
  try {
    const database = await openDatabase(settings, logger);
    const application = await NestFactory.createApplicationContext(
      SignallingProcessModule.forRoot({ settings, logger, shutdown }, database, transport),
      { logger: new NestLogger(logger.child({ part: 'nest' })), abortOnError: false },
    );
    takeSipUpgrades(application.get(SipWebSocket));
    tellReady();
  } catch (error) {
    await shutdown.run('the start failed');
    throw error;
  }
}
