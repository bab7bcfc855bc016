import { join } from 'node:path';
import { Database } from '@carillon/database';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { Bus, createMemoryBus } from '@carillon/event-bus';
import { hashPassword, LoginThrottle } from '@carillon/identity';
import { Prompts } from '@carillon/prompts';
import { Clock, DiskSpace, Health, Logger, Metrics, Settings, Shutdown, loadSettings, silentLogger } from '@carillon/service-runtime'; // prettier-ignore
import { type DynamicModule, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { VoiceAppsModule } from '../voice-apps-module.js';
import { ScriptedCaller } from './scripted-caller.js';

/** Waiting times pass so many times faster. */
const SPEED = 20;

class FastClock extends Clock {
  now(): number {
    return Date.now();
  }
  after(delayMs: number, work: () => void): () => void {
    const timer = setTimeout(work, delayMs / SPEED);
    return () => clearTimeout(timer);
  }
}

/** The real voice; it remembers what each file says. */
class RememberingPrompts extends Prompts {
  readonly texts = new Map<string, string>();
  override async text(sentence: string): Promise<string> {
    const path = await super.text(sentence);
    this.texts.set(path, sentence);
    return path;
  }
}

@Module({})
class PartsModule {}

/** One service with the module, on a database of the test's own. */
export interface Service {
  readonly bus: Bus;
  readonly health: Health;
  /** Free bytes on the disk, as the service sees it. */
  freeBytes: number;
  caller(number?: string): ScriptedCaller;
  close(): Promise<void>;
}

export interface Staff {
  readonly userId: string;
  readonly mailboxId: string;
  readonly extension: string;
}

export const PIN = '2580';

/** PostgreSQL, an organisation with people in it, and services started on them. */
export class VoiceAppsBench {
  private constructor(
    readonly test: TestDatabase,
    readonly organisationId: string,
    readonly staff: readonly Staff[],
    readonly ringGroupId: string,
  ) {}

  static async open(): Promise<VoiceAppsBench> {
    const test = await openTestDatabase();
    const pinHash = await hashPassword(PIN);
    return test.database.asSystem('test data', async (tx) => {
      const { id: organisationId } = await tx.organisation.create({
        data: { slug: 'test', name: 'Test', sipDomain: 'a.test' },
      });
      const staff: Staff[] = [];
      for (const [extension, displayName] of Object.entries({
        1001: 'Alice Archer',
        1002: 'Bob Baker',
        1003: 'Carol',
      })) {
        const email = `${extension}@a.test`;
        const user = await tx.user.create({ data: { organisationId, email, displayName, passwordHash: '-' } });
        await tx.extension.create({ data: { organisationId, number: extension, kind: 'user', userId: user.id } });
        const mailbox = await tx.mailbox.create({ data: { organisationId, userId: user.id, pinHash } });
        staff.push({ userId: user.id, mailboxId: mailbox.id, extension });
      }
      const group = await tx.ringGroup.create({ data: { organisationId, name: 'Team' } });
      await tx.extension.create({ data: { organisationId, number: '1100', kind: 'group', ringGroupId: group.id } });
      await tx.extension.create({ data: { organisationId, number: '*97', kind: 'voicemail' } });
      return new VoiceAppsBench(test, organisationId, staff, group.id);
    });
  }

  /** A menu as the demonstration has it, with the first of the staff as operator. */
  addMenu(withOperator = true): Promise<string> {
    const { organisationId, ringGroupId } = this;
    const [operator] = this.staff;
    return this.test.database.forOrganisation(organisationId, async (tx) => {
      const menu = await tx.ivrMenu.create({
        data: {
          ...{ organisationId, name: 'Reception', welcomeText: 'Welcome to the test.', timeoutSeconds: 4 },
          operatorUserId: withOperator ? (operator?.userId ?? null) : null,
        },
      });
      const entry = { organisationId, ivrMenuId: menu.id };
      await tx.ivrEntry.createMany({
        data: [
          { ...entry, digit: '1', action: 'group', ringGroupId },
          { ...entry, digit: '2', action: 'voicemail', mailboxId: operator?.mailboxId ?? null },
          { ...entry, digit: '3', action: 'dial-extension' },
          { ...entry, digit: '9', action: 'repeat' },
        ],
      });
      return menu.id;
    });
  }

  /** @param database another one than the real, to make it fail */
  async start(database: Database = this.test.database): Promise<Service> {
    const logger = silentLogger();
    const shutdown = new Shutdown(logger);
    const health = new Health(logger);
    const bus = createMemoryBus();
    const settings = loadSettings({ CARILLON_DATA_DIR: this.test.dataDir });
    const clock = new FastClock();
    const prompts = new RememberingPrompts(settings, clock, logger, health, shutdown);
    const throttle = new LoginThrottle();
    const service = { freeBytes: Number.MAX_SAFE_INTEGER };
    const disk = new DiskSpace(logger, () => Promise.resolve(service.freeBytes));
    const values: [unknown, unknown][] = [
      [Settings, settings],
      [Logger, logger],
      [Shutdown, shutdown],
      [Metrics, new Metrics()],
      [Clock, clock],
      [Health, health],
      [DiskSpace, disk],
      [Bus, bus],
      [Database, database],
      [LoginThrottle, throttle],
    ];
    const providers = values.map(([provide, useValue]) => ({ provide: provide as typeof Settings, useValue }));
    const parts: DynamicModule = {
      module: PartsModule,
      global: true,
      providers,
      exports: providers.map((one) => one.provide),
    };
    const app = await Test.createTestingModule({ imports: [parts, VoiceAppsModule] })
      .overrideProvider(Prompts)
      .useValue(prompts)
      .compile();
    await app.init();
    const callers: ScriptedCaller[] = [];
    const close = async (): Promise<void> => {
      await shutdown.run('end of test');
      for (const caller of callers) caller.close();
      await bus.close();
      await app.close();
    };
    const caller = (number?: string): ScriptedCaller => {
      const textOf = (path: string) => prompts.texts.get(path);
      const numbered = number === undefined ? {} : { number };
      const one = new ScriptedCaller(bus, { organisationId: this.organisationId, textOf, ...numbered });
      // Commands without an owner reach any handler: one caller at a time.
      callers.at(-1)?.close();
      callers.push(one);
      return one;
    };
    return Object.assign(service, { bus, health, close, caller });
  }

  /** The messages of a mailbox, as the record has them. */
  messages(mailboxId: string) {
    return this.test.database.forOrganisation(this.organisationId, (tx) =>
      tx.voicemailMessage.findMany({ where: { mailboxId }, orderBy: { receivedAt: 'asc' } }),
    );
  }

  folderOf(mailboxId: string): string {
    return join(this.test.dataDir, 'voicemail', this.organisationId, mailboxId);
  }
}
