import type { RealtimeOutput, RealtimeRequestName, Refusal } from '@carillon/contracts';
import type { OrganisationId, UserId } from '@carillon/domain';
import type { RealtimePayload, RequestHandler, RequestParts } from './request-parts.js';

interface AsUser {
  readonly organisationId: OrganisationId;
  readonly userId: UserId;
}
type StaffHandler<Name extends RealtimeRequestName> = (
  parts: RequestParts,
  me: AsUser,
  input: RealtimePayload<Name>,
) => Promise<RealtimeOutput<Name>>;

const FOR_STAFF: Refusal = { ok: false, code: 'IDENTITY.FORBIDDEN', detail: 'Guests may not do that' };

const NO_CALL: Refusal = { ok: false, code: 'CALL.NOT_FOUND', detail: 'There is no such call now' };
/** One of a ring group: ending the call would take it from the others too. */
const OTHERS_RING: Refusal = {
  ok: false,
  code: 'CALL.NOT_ALLOWED',
  detail: 'Others are called too: decline it on your phone',
};

/** For staff only: the user is the session's, whatever the browser says. */
function asStaff<Name extends RealtimeRequestName>(_name: Name, handler: StaffHandler<Name>): RequestHandler<Name> {
  return async (parts, input) => {
    const { organisationId, userId } = parts.connection;
    if (userId === undefined) return FOR_STAFF as RealtimeOutput<Name>;
    return handler(parts, { organisationId, userId }, input);
  };
}

/** Calls that one began, is called by or talks in, and for admins those of the organisation. Others' do not exist. */
const hangUp: StaffHandler<'call.hang-up'> = async ({ bus, connection }, { organisationId, userId }, { callId }) => {
  const listed = await bus.call('call.list', { organisationId });
  if (!listed.ok) return listed;
  const call = listed.calls.find((one) => one.callId === callId);
  if (call === undefined) return NO_CALL;
  const own = call.legs.filter((leg) => leg.userId === userId && leg.state !== 'ended');
  const isAdmin = connection.staff?.principal.role === 'admin';
  const isParty = [call.from.userId, call.to.userId].includes(userId) || own.some(({ state }) => state === 'answered');
  if (!isAdmin && !isParty) return own.length > 0 ? OTHERS_RING : NO_CALL;
  return bus.call('call.hang-up', { organisationId, callId, reason: 'Ended in the browser' });
};

const activity: StaffHandler<'presence.activity'> = ({ bus, connection }, me, { activity }) => {
  connection.activity = activity;
  return bus.call('presence.report', { ...me, connectionId: connection.id, activity });
};

export const staffRequests: {
  readonly [Name in Exclude<RealtimeRequestName, `room.${string}`>]: RequestHandler<Name>;
} = {
  'chat-message.send': asStaff('chat-message.send', ({ bus }, me, input) =>
    bus.call('chat-message.send', { ...me, ...input }),
  ),
  'conversation.mark-read': asStaff('conversation.mark-read', ({ bus }, me, input) =>
    bus.call('conversation.mark-read', { ...me, ...input }),
  ),
  'conversation.typing': asStaff('conversation.typing', ({ bus }, me, input) =>
    bus.call('conversation.typing', { ...me, ...input }),
  ),
  'presence.activity': asStaff('presence.activity', activity),
  'presence.set': asStaff('presence.set', ({ bus }, me, input) => bus.call('presence.set', { ...me, ...input })),
  'call.place': asStaff('call.place', ({ bus }, me, input) => bus.call('call.place', { ...me, ...input })),
  'call.hang-up': asStaff('call.hang-up', hangUp),
};
