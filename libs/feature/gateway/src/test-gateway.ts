import type { LiveCall, Registration } from '@carillon/contracts';
import { DatabaseModule } from '@carillon/database';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { Bus, EventBusModule } from '@carillon/event-bus';
import { hashPassword, IdentityModule, SecretBox, seedDemo, type DemoSeed } from '@carillon/identity';
import {
  CodedError,
  loadSettings,
  RuntimeModule,
  Shutdown,
  silentLogger,
  type Logger,
} from '@carillon/service-runtime';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApplication } from './create-http-application.js';
import { GatewayModule } from './gateway.module.js';

@Module({})
class TestModule {}

/** A client as the web app is one: keeps its cookie, sends its CSRF token. */
export class TestClient {
  cookie = '';
  csrf = '';

  constructor(readonly url: string) {}

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.csrf === '' ? {} : { 'x-carillon-csrf': this.csrf }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) this.cookie = set.split(';')[0] ?? '';
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('application/json') === true && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : {}) as Record<string, unknown>,
    };
  }

  /** As `send`; throws for anything but 2xx. */
  async do<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer> {
    const { status, text, body: answer } = await this.send(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return answer as Answer;
  }

  async login(email: string, password: string): Promise<this> {
    const me = await this.do<{ csrfToken: string }>('POST', '/api/session', { email, password });
    this.csrf = me.csrfToken;
    return this;
  }
}

export interface TestGateway {
  readonly url: string;
  readonly opened: TestDatabase;
  readonly seed: DemoSeed;
  /** A second organisation, with an admin of its own. */
  readonly other: { readonly organisationId: string; readonly email: string; readonly password: string };
  readonly bus: Bus;
  readonly application: NestFastifyApplication;
  /** What signalling would answer; the test fills it. */
  readonly live: { calls: LiveCall[]; registrations: Registration[]; hungUp: string[]; isAway: boolean };
  client(): TestClient;
  admin(): Promise<TestClient>;
  staff(index: number): Promise<TestClient>;
  close(): Promise<void>;
}

/** The gateway on a real database and a real port. Signalling, which it asks over the bus, is played by the test. */
export async function openTestGateway(
  port: number,
  logger: Logger = silentLogger(),
  environment: Readonly<Record<string, string>> = {},
): Promise<TestGateway> {
  const opened = await openTestDatabase();
  const settings = loadSettings({
    CARILLON_DATA_DIR: opened.dataDir,
    CARILLON_HTTP_PORT: String(port),
    CARILLON_SIP_DOMAIN: 'demo.example',
    ...environment,
  });
  const seed = await seedDemo(opened.database, SecretBox.open(opened.dataDir), settings.sipDomain);
  if (seed === undefined) throw new Error('The demonstration was not made');
  const shutdown = new Shutdown(logger);
  const imports = [
    RuntimeModule.forRoot({ settings, logger, shutdown }),
    DatabaseModule.forRoot(opened),
    EventBusModule.forRoot(),
    IdentityModule.forRoot(),
    GatewayModule,
  ];
  const application = await createHttpApplication({ module: TestModule, imports }, settings, logger);
  await application.listen(port, '127.0.0.1');
  const bus = application.get(Bus);
  const live: TestGateway['live'] = { calls: [], registrations: [], hungUp: [], isAway: false };
  bus.handle('call.list', ({ organisationId }) => {
    if (live.isAway) throw new CodedError('BUS.NO_HANDLER', 'Nobody handles call.list');
    return { ok: true, calls: live.calls.filter((call) => call.organisationId === organisationId) };
  });
  bus.handle('registration.list', ({ organisationId }) => ({
    ok: true,
    registrations: live.registrations.filter((one) => one.organisationId === organisationId),
  }));
  bus.handle('call.hang-up', ({ callId }) => {
    live.hungUp.push(callId);
    return { ok: true };
  });
  bus.handle('presence.report', () => ({ ok: true }));
  bus.handle('room.list-live', () => ({ ok: true, rooms: [] }));
  const url = `http://127.0.0.1:${port}`;
  const client = (): TestClient => new TestClient(url);
  const admin = (): Promise<TestClient> => client().login(seed.admin.email, seed.admin.password);
  const staff = (index: number): Promise<TestClient> =>
    client().login(seed.staff[index]?.email ?? '', seed.staff[index]?.password ?? '');
  const other = { email: 'admin@other.example', password: 'other-admin-password' };
  const organisationId = await opened.database.asSystem('second organisation', async (tx) => {
    const made = await tx.organisation.create({ data: { slug: 'other', name: 'Other', sipDomain: 'other.example' } });
    const passwordHash = await hashPassword(other.password);
    await tx.user.create({
      data: { organisationId: made.id, email: other.email, displayName: 'Other admin', role: 'admin', passwordHash },
    });
    return made.id;
  });
  const close = (): Promise<void> => shutdown.run('the test is over');
  return {
    url,
    opened,
    seed,
    other: { organisationId, ...other },
    bus,
    application,
    live,
    client,
    admin,
    staff,
    close,
  };
}
