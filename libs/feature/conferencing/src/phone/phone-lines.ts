import type { Bus } from '@carillon/event-bus';
import type { EndpointId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import { PhoneLine, type PhoneLineParts } from './phone-line.js';

/** The phones that conferencing has, found by their endpoint. Hears what concerns them. */
export class PhoneLines {
  private readonly lines = new Map<EndpointId, PhoneLine>();
  private readonly stop: () => void;

  /** @param lost told of a phone that is no more: its call ended, or its media did */
  constructor(
    private readonly parts: { readonly bus: Bus; readonly clock: Clock; readonly logger: Logger },
    private readonly lost: (line: PhoneLine, why: 'call-ended' | 'media-lost') => void,
  ) {
    const stops = [
      parts.bus.subscribe('media.dtmf-received', ({ endpointId, digit }) =>
        this.lines.get(endpointId)?.hearDigit(digit),
      ),
      parts.bus.subscribe('media.play-ended', ({ endpointId, playId }) =>
        this.lines.get(endpointId)?.hearPlayEnd(playId),
      ),
      parts.bus.subscribe('media.endpoint-lost', ({ endpointId }) =>
        this.end(this.lines.get(endpointId), 'media-lost'),
      ),
      parts.bus.subscribe('call.ended', ({ call }) => {
        for (const line of this.lines.values()) if (line.callId === call.callId) this.end(line, 'call-ended');
      }),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  open(of: Omit<PhoneLineParts, 'bus' | 'clock' | 'logger'>): PhoneLine {
    this.lines.get(of.endpointId)?.end();
    const line = new PhoneLine({ ...this.parts, ...of });
    this.lines.set(of.endpointId, line);
    return line;
  }

  /** Nothing more will be heard of it: its call was over before it was opened. */
  forget(line: PhoneLine): void {
    line.end();
    if (this.lines.get(line.endpointId) === line) this.lines.delete(line.endpointId);
  }

  close(): void {
    this.stop();
    for (const line of this.lines.values()) line.end();
    this.lines.clear();
  }

  private end(line: PhoneLine | undefined, why: 'call-ended' | 'media-lost'): void {
    if (line === undefined) return;
    this.lines.delete(line.endpointId);
    line.end();
    this.lost(line, why);
  }
}
