import type { SipMessage, SipRequest } from './sip-message.js';

/** What is wrong with a message that was received. */
export type MalformedCode =
  | 'START_LINE'
  | 'VERSION'
  | 'STATUS_CODE'
  | 'HEADER_LINE'
  | 'BARE_CR'
  | 'TOO_MANY_HEADERS'
  | 'HEAD_TOO_LARGE'
  | 'BODY_TOO_LARGE'
  | 'HEAD_UNFINISHED'
  | 'LINE_ENDS'
  | 'CONTENT_LENGTH'
  | 'CONTENT_LENGTH_MISSING'
  | 'BODY_SHORT'
  | 'HEADER_MISSING'
  | 'HEADER_REPEATED'
  | 'HEADER_VALUE'
  | 'CSEQ_METHOD'
  | 'REQUEST_URI';

export interface Malformed {
  readonly ok: false;
  readonly malformed: MalformedCode;
  /** Where in the octets. */
  readonly offset: number;
  /** A few words for the reason phrase of a 400 and for logs. */
  readonly detail: string;
  /** The request as far as it was understood, when its start line was: enough to answer 400. */
  readonly request?: SipRequest;
}

export type ParseResult =
  | {
      readonly ok: true;
      readonly message: SipMessage;
      /** Octets used, from the start of the input. */ readonly length: number;
    }
  | Malformed
  | {
      readonly ok: false;
      readonly incomplete: true;
      /** Octets the input must have before it is worth another try; 0 when unknown. */ readonly needed: number;
    };
