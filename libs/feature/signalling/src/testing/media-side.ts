import type { OfferedEncryption } from '@carillon/contracts';
import { EndpointId, newId, OwnerId, PlayId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import {
  answerOffer,
  buildSessionDescription,
  firstOrigin,
  makeOffer,
  parseSessionDescription,
  PLAIN_RTP_PROTOCOLS,
  type Direction,
  type LocalAudio,
} from '@carillon/sdp';

const SRTP = [{ name: 'crypto', value: `1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}` }];
const DTLS = [{ name: 'fingerprint', value: 'sha-256 AA:BB' }];
/** How our offers look; nothing is encrypted here. */
const PROTECTIONS: Readonly<Record<OfferedEncryption, Partial<LocalAudio>>> = {
  none: {},
  'srtp-optional': { attributes: SRTP },
  srtp: { protocols: ['RTP/SAVP'], attributes: SRTP },
  dtls: { protocols: ['UDP/TLS/RTP/SAVPF'], attributes: DTLS },
  'dtls-without-ice': { protocols: ['UDP/TLS/RTP/SAVP'], attributes: DTLS },
};

const OWNER = OwnerId.parse('media-of-the-test');

/** The media plane's side of the seam: real offers and answers, no RTP. What was commanded is written down. */
export class MediaSide {
  readonly commanded: string[] = [];
  /** How each offer of ours was to be protected. */
  readonly encryptions: string[] = [];
  readonly open = new Set<EndpointId>();
  private readonly offers = new Map<EndpointId, string>();
  /** Of our last offer, or what we were told with one that came. */
  private readonly directions = new Map<EndpointId, Direction>();
  /** Those whose sound must be encrypted. */
  private readonly strict = new Set<EndpointId>();
  private port = 30_000;

  constructor(bus: Bus) {
    const owned = { ownerId: OWNER };
    bus.handle('media.open', ({ offer, encryption, mustEncrypt }) => {
      const endpointId = newId(EndpointId);
      if (offer !== undefined && mustEncrypt)
        return { ok: false, code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE', detail: 'In the clear.' };
      if (offer !== undefined && this.answer(offer) === undefined) return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE' };
      this.open.add(endpointId);
      if (mustEncrypt) this.strict.add(endpointId);
      if (offer === undefined) this.encryptions.push(encryption ?? 'none');
      else this.offers.set(endpointId, offer);
      return {
        ok: true,
        endpointId,
        ownerId: OWNER,
        sdp: offer === undefined ? this.offer('sendrecv', encryption) : '',
      };
    });
    bus.handle('media.answer', ({ endpointId }) => this.answered(this.offers.get(endpointId) ?? ''), owned);
    bus.handle(
      'media.accept-offer',
      ({ endpointId, sdp, direction }) => {
        if (direction !== undefined) this.directions.set(endpointId, direction);
        return this.note('accept-offer', this.answered(sdp, this.directions.get(endpointId)));
      },
      owned,
    );
    bus.handle(
      'media.make-offer',
      ({ endpointId, direction }) => {
        this.directions.set(endpointId, direction);
        return { ok: true, sdp: this.offer(direction) };
      },
      owned,
    );
    bus.handle(
      'media.accept-answer',
      ({ endpointId, sdp }) => this.note('accept-answer', this.taken(endpointId, sdp)),
      owned,
    );
    bus.handle('media.connect', () => this.note('connect', { ok: true as const }), owned);
    bus.handle('media.disconnect', () => this.note('disconnect', { ok: true as const }), owned);
    bus.handle('media.play', () => this.note('play', { ok: true as const, playId: newId(PlayId) }), owned);
    bus.handle('media.stop-play', () => this.note('stop-play', { ok: true as const }), owned);
    bus.handle('media.dtmf-input', ({ digit }) => this.note(`dtmf ${digit}`, { ok: true as const }), owned);
    bus.handle(
      'media.close',
      ({ endpointId }) => {
        this.open.delete(endpointId);
        return { ok: true, stats: null };
      },
      owned,
    );
  }

  private note<Answer>(what: string, answer: Answer): Answer {
    this.commanded.push(what);
    return answer;
  }

  private taken(endpointId: EndpointId, answer: string): { ok: true } | { ok: false; code: string; detail: string } {
    return this.strict.has(endpointId) && !answer.includes('RTP/SAVP')
      ? { ok: false, code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE', detail: 'In the clear.' }
      : { ok: true };
  }

  private answered(offer: string, direction?: Direction): { ok: true; sdp: string } | { ok: false; code: string } {
    const sdp = this.answer(offer, direction);
    return sdp === undefined ? { ok: false, code: 'MEDIA.NOT_ACCEPTABLE' } : { ok: true, sdp };
  }

  private answer(text: string, direction: Direction = 'sendrecv'): string | undefined {
    const offer = parseSessionDescription(text);
    if (!offer.ok) return undefined;
    const outcome = answerOffer({
      offer: offer.description,
      origin: firstOrigin('1', '127.0.0.1'),
      audio: { ...this.audio(), direction },
    });
    return outcome.ok ? buildSessionDescription(outcome.answer) : undefined;
  }

  private offer(direction: Direction = 'sendrecv', encryption: OfferedEncryption = 'none'): string {
    const audio = { ...this.audio(), direction, ...PROTECTIONS[encryption] };
    return buildSessionDescription(makeOffer({ origin: firstOrigin('1', '127.0.0.1'), audio }));
  }

  private audio(): LocalAudio {
    this.port += 2;
    const codecs = [{ name: 'PCMU', clockRate: 8000, payloadType: 0 }];
    return { address: '127.0.0.1', port: this.port, codecs, direction: 'sendrecv', protocols: PLAIN_RTP_PROTOCOLS };
  }
}
