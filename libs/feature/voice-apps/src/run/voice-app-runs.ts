import type { CommandPayload, EventPayload, Refusal } from '@carillon/contracts';
import { Bus } from '@carillon/event-bus';
import { Metrics, Shutdown } from '@carillon/service-runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { CallLine, type LineEvent } from '../line/call-line.js';
import type { StopReason } from '../line/run-stopped.js';
import { buildScript } from './build-script.js';
import { RunParts } from './run-parts.js';
import { VoiceAppRun } from './voice-app-run.js';

/** Saving what is being recorded may take a moment. */
const CLOSE_LIMIT_MS = 10_000;

const LINE_EVENTS = [
  'media.dtmf-received',
  'media.play-ended',
  'media.record-ended',
  'media.endpoint-lost',
  'call.redirect-failed',
  'call.ended',
] as const;

/** The runs there are: starts and stops them, and gives each what happens on its line. */
@Injectable()
export class VoiceAppRuns implements OnModuleInit {
  private readonly byCall = new Map<string, VoiceAppRun>();
  private closing = false;

  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(RunParts) private readonly parts: RunParts,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    const stops = [
      this.bus.handle('voice-app.start', (payload) => this.start(payload)),
      this.bus.handle('voice-app.stop', async ({ callId }) => {
        await this.byCall.get(callId)?.stop('taken-back');
        return { ok: true };
      }),
      this.bus.subscribe(LINE_EVENTS, (payload, name) => this.route(payload, name)),
    ];
    const { byCall } = this;
    new Gauge({
      name: 'carillon_voice_apps_running',
      help: 'Calls in an IVR menu, voicemail or the echo test',
      registers: [this.metrics.registry],
      collect() {
        this.set(byCall.size);
      },
    });
    const close = async (): Promise<void> => {
      this.closing = true;
      await Promise.all([...byCall.values()].map((run) => run.stop('shutdown')));
      for (const stop of stops) stop();
    };
    this.shutdown.register('voice applications', close, CLOSE_LIMIT_MS);
  }

  private async start({ app, ...handOver }: CommandPayload<'voice-app.start'>): Promise<{ ok: true } | Refusal> {
    const { organisationId, callId, endpointId } = handOver;
    const script = await buildScript(app, organisationId, this.parts.directory);
    if (script === null) return { ok: false, code: 'VOICE_APP.NOT_FOUND', detail: 'There is no such menu' };
    // Handed over again, say from a menu to a mailbox: the later one counts.
    await this.byCall.get(callId)?.stop('replaced');
    if (this.closing) return { ok: false, code: 'VOICE_APP.CLOSING', detail: 'The service is stopping' };
    const logger = this.parts.logger.child({ part: 'voice-apps', callId, app: app.kind });
    const line = new CallLine(this.bus, handOver, this.parts.clock, logger);
    const run = new VoiceAppRun(script, { ...this.parts, logger, line });
    this.byCall.set(callId, run);
    logger.info({ endpointId, caller: handOver.caller.number }, 'A voice application takes a call');
    void run.done().then(() => {
      if (this.byCall.get(callId) === run) this.byCall.delete(callId);
    });
    return { ok: true };
  }

  private route(payload: EventPayload<(typeof LINE_EVENTS)[number]>, name: (typeof LINE_EVENTS)[number]): void {
    const callId = 'call' in payload ? payload.call.callId : payload.callId;
    const run = this.byCall.get(callId);
    if (run === undefined) return;
    if ('endpointId' in payload && payload.endpointId !== run.line.handOver.endpointId) return;
    if (name === 'call.ended') return this.stop(run, 'call-ended');
    if (name === 'media.endpoint-lost') {
      this.stop(run, 'media-lost');
      void run.hangUp('Media lost');
      return;
    }
    const event = toLineEvent(payload);
    if (event !== null) run.line.hear(event);
  }

  private stop(run: VoiceAppRun, why: StopReason): void {
    // It never rejects, and its end is seen to where it was started.
    void run.stop(why);
  }
}

function toLineEvent(payload: EventPayload<(typeof LINE_EVENTS)[number]>): LineEvent | null {
  if ('digit' in payload) return { kind: 'digit', digit: payload.digit };
  if ('playId' in payload) return { kind: 'play-ended', playId: payload.playId, reason: payload.reason };
  if ('recordingId' in payload)
    return { kind: 'record-ended', recordingId: payload.recordingId, reason: payload.reason };
  if ('outcome' in payload) return { kind: 'returned', outcome: payload.outcome };
  return null;
}
