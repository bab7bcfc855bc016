import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { adminOf } from './call-history.js';
import type { Carillon } from './carillon.js';
import { saveDiagnostics } from './diagnostics.js';
import { HepCollector, type HepMessage } from './hep-collector.js';

/** Of a test that failed, the last ones are told. */
const MOST_MESSAGES = 120;
const MOST_LOG_CHARACTERS = 4000;

/** Chunks of HEPv3. */
const [SOURCE_4, DESTINATION_4, SOURCE_6, DESTINATION_6] = [0x03, 0x04, 0x05, 0x06];
const [SOURCE_PORT, DESTINATION_PORT, SECONDS, MICROSECONDS] = [0x07, 0x08, 0x09, 0x0a];

/** Every SIP message that Carillon takes and sends, as it copies them to a collector: what a failed test has to show. */
export class SipTrace {
  private constructor(private readonly collector: HepCollector) {}

  static async start(carillon: Carillon): Promise<SipTrace> {
    const collector = await HepCollector.start();
    await saveDiagnostics(await adminOf(carillon), ({ hep }) =>
      Object.assign(hep, { on: true, host: '127.0.0.1', port: collector.port }),
    );
    return new SipTrace(collector);
  }

  /** What came until now is of no interest any more. */
  forget(): void {
    this.collector.packets.length = 0;
  }

  get text(): string {
    const { messages } = this.collector;
    const told = messages.slice(-MOST_MESSAGES).map(textOf);
    return [`${messages.length} SIP messages, of which the last ${told.length}:`, ...told].join('\n');
  }

  close(): void {
    this.collector.close();
  }
}

/**
 * From here on a test of the file that fails tells who is registered, what Carillon logged last, and every SIP message since
 * the test began. Behind the hook that starts Carillon.
 * @param story what else there is to tell
 */
export function tellOfFailures(
  carillon: () => Carillon,
  story: () => Promise<readonly string[]> = async () => [],
): void {
  let trace: SipTrace | undefined;
  beforeAll(async () => {
    trace = await SipTrace.start(carillon());
  });
  beforeEach(() => trace?.forget());
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    // First what is here, whatever has happened to Carillon and to the pages that the rest is asked of.
    console.error([carillon().output.slice(-MOST_LOG_CHARACTERS), trace?.text].join('\n\n'));
    const told = await Promise.allSettled([story(), registrationsOf(carillon())]);
    const more = told.flatMap((one) =>
      one.status === 'fulfilled' ? one.value : [`Not to be had: ${String(one.reason)}`],
    );
    console.error(more.join('\n\n'));
  });
  afterAll(() => trace?.close());
}

async function registrationsOf(carillon: Carillon): Promise<string> {
  return JSON.stringify(await (await adminOf(carillon)).do('GET', '/api/admin/registrations'), undefined, 1);
}

function textOf({ chunks, payload }: HepMessage): string {
  const numberOf = (type: number): number => {
    const value = chunks.get(type);
    return value === undefined ? 0 : value.readUIntBE(0, value.length);
  };
  const at = new Date(numberOf(SECONDS) * 1000 + numberOf(MICROSECONDS) / 1000).toISOString();
  const end = (four: number, six: number, port: number): string =>
    `${addressOf(chunks.get(four) ?? chunks.get(six))}:${numberOf(port)}`;
  const source = end(SOURCE_4, SOURCE_6, SOURCE_PORT);
  return `--- ${at} ${source} → ${end(DESTINATION_4, DESTINATION_6, DESTINATION_PORT)}\n${payload.trimEnd()}`;
}

function addressOf(octets: Buffer | undefined): string {
  return octets?.length === 4 ? octets.join('.') : `[${octets?.toString('hex') ?? ''}]`;
}
