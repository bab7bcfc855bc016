import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sippFields, sippServer } from './answering-sipp.js';
import type { Carillon } from './carillon.js';
import { freePorts } from './ports.js';
import { SipBridge, type BridgedTransport } from './sip-bridge.js';
import { CONTACT, registerWithChallenge, scenarioOf, type Step } from './sipp-steps.js';
import { Sipp } from './sipp.js';

export const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws'] as const;
export type FlowTransport = (typeof TRANSPORTS)[number];

/** What it calls itself when it registers. */
export const FLOW_PHONE = 'SIPp flow';

/** The longest part takes a third of it. */
const PART_SECONDS = 30;

const WRONG_PASSWORD = (user: string): string => `[authentication username=${user} password=wrong]`;

/** A demo extension's phone that SIPp plays, one flow after another at the same address. */
export class FlowPhone {
  private playing: Sipp | undefined;

  private constructor(
    private readonly carillon: Carillon,
    readonly extension: string,
    private readonly line: {
      readonly transport: 'udp' | 'tcp';
      readonly port: number;
      readonly bridge: SipBridge | undefined;
    },
  ) {}

  static async plugIn(carillon: Carillon, extension: string, transport: FlowTransport): Promise<FlowPhone> {
    const port = await freePorts(2);
    const over = bridged(carillon, transport);
    const bridge = over === undefined ? undefined : await SipBridge.start(over, port);
    return new FlowPhone(carillon, extension, { transport: transport === 'udp' ? 'udp' : 'tcp', port, bridge });
  }

  /** Another phone of the same extension, which is not registered. */
  static async beside(phone: FlowPhone, transport: FlowTransport): Promise<FlowPhone> {
    return FlowPhone.plugIn(phone.carillon, phone.extension, transport);
  }

  /** Begins to play its part. @param number who it calls */
  async play(name: string, steps: readonly Step[], number = ''): Promise<Sipp> {
    const { transport, port, bridge } = this.line;
    // What a test that failed has left would still be at its address.
    await this.playing?.end();
    this.playing = await Sipp.start({
      scenario: scenarioOf(name, steps),
      server: bridge === undefined ? sippServer(this.carillon) : `127.0.0.1:${bridge.port}`,
      fields: [...sippFields(this.carillon, this.extension), number, WRONG_PASSWORD(this.extension)],
      transport,
      port,
      timeoutSeconds: PART_SECONDS,
    });
    return this.playing;
  }

  /** Plays its part to the end. @throws Error with what SIPp missed */
  async act(name: string, steps: readonly Step[], number = ''): Promise<string> {
    return this.finish(await this.play(name, steps, number));
  }

  /** Waits for the end of a part. @returns its messages @throws Error with what SIPp missed */
  async finish(sipp: Sipp): Promise<string> {
    const { code, errors, messages, output } = await sipp.result();
    if (code === 0) return messages;
    throw new Error(`${this.extension} (SIPp ${code}):\n${errors}\n${messages}\n${code === 255 ? output : ''}`);
  }

  async register(): Promise<void> {
    await this.act('register', registerWithChallenge(1, [CONTACT, 'Expires: 300', `User-Agent: ${FLOW_PHONE}`]));
  }

  /** Takes back every contact of the extension. */
  async unregister(): Promise<void> {
    await this.act('unregister', registerWithChallenge(1, ['Contact: *', 'Expires: 0']));
  }

  unplug(): void {
    this.playing?.stop();
    this.line.bridge?.close();
  }
}

function bridged(carillon: Carillon, transport: FlowTransport): BridgedTransport | undefined {
  const { tcpPort, domain, wssUrl } = carillon.demo.sip;
  if (transport === 'ws') return { kind: 'ws', url: wssUrl };
  if (transport === 'udp') return undefined;
  if (transport === 'tcp') return { kind: 'tcp', port: tcpPort };
  const ca = readFileSync(join(carillon.dataDir, 'tls-certificate.pem'), 'utf8');
  // TLS is beside the SIP port.
  return { kind: 'tls', port: tcpPort + 1, servername: domain, ca };
}
