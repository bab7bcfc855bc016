import type { Reason } from '@carillon/sip-message';

/** Why a branch is called off, or hung up on, since the call has its answer from somebody else (RFC 3326 §2). */
export const COMPLETED_ELSEWHERE: Reason = { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' };
