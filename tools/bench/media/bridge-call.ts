import { setTimeout as pause } from 'node:timers/promises';
import type { OrganisationId } from '@carillon/domain';
import type { Call } from '../../../libs/feature/signalling/src/call/call.js';
import type { CallMedia, MediaOutcome } from '../../../libs/feature/signalling/src/call/call-media.js';
import { Leg } from '../../../libs/feature/signalling/src/call/leg.js';
import { CallId, newId } from '@carillon/domain';

/** The callee's phone answers so much after its INVITE went out, and somebody hangs up so much after that. */
const UNTIL_ANSWERED_MS = 3;
const UNTIL_HUNG_UP_MS = 6;

/** What a call from phone to phone asks of media, as signalling's actions do: `lead-call`, `invite-leg`, `fork`, `connect-callee`, `end-call`. */
export async function bridgeCall(
  media: CallMedia,
  organisationId: OrganisationId,
  phone: { readonly address: string; readonly port: number },
): Promise<void> {
  const call = { organisationId, callId: newId(CallId) } as Call;
  const [caller, callee] = [newLeg('caller'), newLeg('callee')];
  expectOk(await media.open(call, caller, { offer: sdpOf(phone), mustEncrypt: false }));
  const preferCodecsOf = caller.endpoint;
  expectOk(
    await media.open(call, callee, {
      ...(preferCodecsOf === undefined ? {} : { preferCodecsOf }),
      encryption: 'none',
      mustEncrypt: false,
    }),
  );
  await pause(UNTIL_ANSWERED_MS);
  expectOk(await media.acceptAnswer(callee, sdpOf(phone)));
  const answering = media.answer(caller, callee.endpoint);
  const [answer, connected] = await Promise.all([answering, media.connect(caller, callee)]);
  expectOk(answer);
  expectOk(connected);
  await pause(UNTIL_HUNG_UP_MS);
  await Promise.all([media.close(caller), media.close(callee)]);
}

function newLeg(role: Leg['role']): Leg {
  const party = { number: '1001', name: 'Bench', userId: null } as unknown as Leg['party'];
  return new Leg(role, party, null, { kind: 'outgoing', invite: undefined });
}

function expectOk(outcome: MediaOutcome): void {
  if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.detail ?? ''}`);
}

/** What SIPp and most phones send: G.711 both ways, and keys. */
function sdpOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return (
    `v=0\r\no=phone 53655765 2353687637 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\n` +
    `m=audio ${port} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n` +
    'a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n'
  );
}
