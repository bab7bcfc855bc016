import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { CommandPayload, LiveCall, VoiceApp } from '@carillon/contracts';
import { CallId, type DtmfDigit, EndpointId, LegId, OrganisationId, OwnerId, PlayId, RecordingId, UserId } from '@carillon/domain'; // prettier-ignore
import type { Bus } from '@carillon/event-bus';

/** How long a piece of sound takes here. */
const PIECE_MS = 25;
const POLL_MS = 5;
const LIMIT_MS = 15_000;

export interface CallerOptions {
  readonly organisationId: string;
  readonly number?: string;
  readonly name?: string | null;
  /** What a path says. */
  readonly textOf: (path: string) => string | undefined;
}

/**
 * Signalling's and media's side of the bus for one call, and the caller at its end: answers commands as they would, and
 * keeps in `log` all that the application did, with what was spoken in words.
 */
export class ScriptedCaller {
  readonly log: string[] = [];
  /** What `call.redirect` answers. */
  redirectAnswer: { ok: true } | { ok: false; code: string } = { ok: true };
  recordAnswer: 'ok' | 'refused' = 'ok';
  /** Hung up before it could be answered. */
  hasGone = false;
  playAnswer: 'ok' | 'refused' = 'ok';
  /** Pressed when the next sound is ordered, and has not begun. */
  pressesEarly = '';
  private readonly organisationId: OrganisationId;
  private readonly callId = CallId.parse(randomUUID());
  private readonly legId = LegId.parse(randomUUID());
  private readonly endpointId = EndpointId.parse(randomUUID());
  private readonly mediaOwnerId = OwnerId.parse(`media-${randomUUID()}`);
  private readonly stops: (() => void)[];
  private playing: { playId: PlayId; stopOnDtmf: boolean; end: NodeJS.Timeout } | undefined;
  private recording: { recordingId: RecordingId; path: string; finishOn: DtmfDigit[] } | undefined;
  private sound: Buffer = Buffer.alloc(0);

  constructor(
    private readonly bus: Bus,
    private readonly options: CallerOptions,
  ) {
    this.organisationId = OrganisationId.parse(options.organisationId);
    const own = { ownerId: this.mediaOwnerId };
    const did = (what: string) => {
      this.log.push(what);
      return { ok: true } as const;
    };
    this.stops = [
      bus.handle('call.answer', () => (this.hasGone ? { ok: false, code: 'CALL.GONE' } : did('answer'))),
      bus.handle('call.hang-up', () => did('hang-up')),
      bus.handle('call.redirect', ({ target, fallback }) => {
        did(`redirect ${Object.values(target).join(' ')} ${fallback}`);
        return this.redirectAnswer;
      }),
      bus.handle('media.play', (order) => this.play(order), own),
      bus.handle('media.stop-play', () => {
        this.endPlay('stopped');
        return did('stop-play');
      }, own), // prettier-ignore
      bus.handle('media.record', (order) => this.record(order), own),
      bus.handle('media.stop-record', async () => {
        await this.endRecording('stopped');
        return did('stop-record');
      }, own), // prettier-ignore
      bus.handle('media.echo', () => did('echo'), own),
    ];
  }

  /** Hands the call over. @returns the answer */
  start(app: VoiceApp) {
    const { organisationId, callId, legId, endpointId, mediaOwnerId } = this;
    const caller = { number: this.options.number ?? '1001', name: this.options.name ?? null, userId: null };
    return this.bus.call('voice-app.start', { organisationId, callId, legId, endpointId, mediaOwnerId, caller, app });
  }

  takeBack() {
    return this.bus.call('voice-app.stop', { organisationId: this.organisationId, callId: this.callId });
  }

  /** Presses keys, one after another, as they would arrive. */
  press(digits: string): void {
    for (const digit of digits.split('') as DtmfDigit[]) {
      this.bus.publish('media.dtmf-received', { ...this.ofEndpoint(), digit, durationMs: 100 });
      if (this.playing?.stopOnDtmf === true) this.endPlay('dtmf');
      if (this.recording?.finishOn.includes(digit) === true) void this.endRecording('dtmf');
    }
  }

  /** What the caller says into the recording that is under way, or into the next one. */
  say(wav: Buffer): void {
    this.sound = wav;
  }

  /** The recording stops by itself. */
  async endRecording(reason: 'stopped' | 'dtmf' | 'silence' | 'closed' | 'failed'): Promise<void> {
    const { recording } = this;
    if (recording === undefined) return;
    this.recording = undefined;
    await writeFile(recording.path, this.sound);
    const { recordingId, path } = recording;
    this.bus.publish('media.record-ended', { ...this.ofEndpoint(), recordingId, path, durationMs: 0, reason });
  }

  /** The caller hangs up: the endpoint closes, and the call ends. */
  async hangUp(): Promise<void> {
    this.endPlay('closed');
    await this.endRecording('closed');
    this.bus.publish('call.ended', { call: this.endedCall() });
  }

  /** A redirect with `return` found nobody. */
  comeBack(): void {
    const { organisationId, callId } = this;
    this.bus.publish('call.redirect-failed', { organisationId, callId, outcome: 'missed' });
  }

  /** Waits until the log has a line with these words, after the line that was waited for last. */
  async sees(words: string): Promise<void> {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const found = this.log.findIndex((line, index) => index >= this.seen && line.includes(words));
      if (found >= 0) {
        this.seen = found + 1;
        return;
      }
      if (Date.now() > end) throw new Error(`Waited for "${words}" in:\n${this.log.join('\n')}`);
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }

  close(): void {
    this.endPlay('closed');
    for (const stop of this.stops) stop();
  }

  private seen = 0;

  private play({ sources, stopOnDtmf }: CommandPayload<'media.play'>) {
    if (this.playAnswer === 'refused') return { ok: false, code: 'MEDIA.BUSY' } as const;
    this.endPlay('stopped');
    this.press(this.pressesEarly);
    this.pressesEarly = '';
    const said = sources.map((source) => (source.kind === 'file' ? (this.options.textOf(source.path) ?? source.path) : source.kind)); // prettier-ignore
    this.log.push(said.join(' '));
    const playId = PlayId.parse(randomUUID());
    const end = setTimeout(() => this.endPlay('finished'), PIECE_MS * sources.length);
    this.playing = { playId, stopOnDtmf, end };
    return { ok: true, playId } as const;
  }

  private endPlay(reason: 'finished' | 'stopped' | 'dtmf' | 'closed'): void {
    const { playing } = this;
    if (playing === undefined) return;
    this.playing = undefined;
    clearTimeout(playing.end);
    this.bus.publish('media.play-ended', { ...this.ofEndpoint(), playId: playing.playId, reason });
  }

  private record({ path, finishOn }: CommandPayload<'media.record'>) {
    if (this.recordAnswer === 'refused') return { ok: false, code: 'MEDIA.DISK_FULL' } as const;
    const recordingId = RecordingId.parse(randomUUID());
    this.recording = { recordingId, path, finishOn };
    this.log.push('record');
    return { ok: true, recordingId } as const;
  }

  private ofEndpoint() {
    const { organisationId, callId, legId, endpointId } = this;
    return { organisationId, callId, legId, endpointId };
  }

  private endedCall(): LiveCall {
    const now = new Date().toISOString();
    const { organisationId, callId } = this;
    const from = { number: '1001', name: null, userId: null as UserId | null };
    return {
      ...{ organisationId, callId, from, direction: 'internal', state: 'ended', revision: 2, legs: [] },
      to: { number: '1200', name: null, userId: null, kind: 'ivr' },
      ...{ startedAt: now, answeredAt: now, endedAt: now, outcome: 'answered', endReason: null, sipStatus: null },
    };
  }
}
