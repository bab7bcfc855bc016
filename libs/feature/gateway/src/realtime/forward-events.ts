import {
  ROOM_EVENTS,
  type EventPayload,
  type LiveCall,
  type RealtimeEventName,
  type RealtimeEventPayload,
} from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { Server } from 'socket.io';
import { audienceOf } from './connection.js';
import type { RoomEvent } from './room-view.js';
import type { Seats } from './seats.js';

/** Every user that has a part in the call. */
function usersOf({ from, to, legs }: LiveCall): string[] {
  return [from.userId, to.userId, ...legs.map(({ userId }) => userId)].filter((userId) => userId !== null);
}

/**
 * Passes the bus's events on to the browsers that they concern, and to no others.
 * @returns stops
 */
export function forwardEvents(bus: Bus, io: Server, seats: Seats): () => void {
  const emit = <Name extends RealtimeEventName>(
    to: readonly string[],
    name: Name,
    payload: RealtimeEventPayload<Name>,
  ): void => {
    // Nobody named would mean everybody; for nobody who is here, nothing need be packed.
    const present = to.filter((audience) => io.sockets.adapter.rooms.has(audience));
    if (present.length > 0) io.to(present).emit(name, payload);
  };
  const users = (ids: readonly string[]): string[] => ids.map(audienceOf.user);

  const callChanged = ({ call }: EventPayload<'call.updated'>): void => {
    // Told five times in a call: without browsers, nobody need be named.
    if (io.sockets.sockets.size === 0) return;
    emit([...users(usersOf(call)), audienceOf.admins(call.organisationId)], 'call.changed', { call });
  };

  const stops = [
    bus.subscribe(['call.started', 'call.updated', 'call.answered', 'call.ended'], callChanged),
    bus.subscribe('registration.added', ({ registration }) => {
      const { userId, organisationId } = registration;
      emit([audienceOf.user(userId), audienceOf.admins(organisationId)], 'registration.added', { registration });
    }),
    bus.subscribe('registration.removed', ({ registration, reason }) => {
      const to = [audienceOf.user(registration.userId), audienceOf.admins(registration.organisationId)];
      emit(to, 'registration.removed', { registration, reason });
    }),
    bus.subscribe('chat-message.sent', ({ memberIds, message }) =>
      emit(users(memberIds), 'chat-message.sent', { message }),
    ),
    bus.subscribe('conversation.opened', ({ memberIds, conversationId }) =>
      emit(users(memberIds), 'conversation.opened', { conversationId }),
    ),
    bus.subscribe('conversation.read', ({ memberIds, conversationId, userId, sequence }) =>
      emit(users(memberIds), 'conversation.read', { conversationId, userId, sequence }),
    ),
    bus.subscribe('conversation.typed', ({ memberIds, conversationId, userId }) =>
      emit(users(memberIds), 'conversation.typed', { conversationId, userId }),
    ),
    bus.subscribe('presence.changed', ({ organisationId, presence }) =>
      emit([audienceOf.organisation(organisationId)], 'presence.changed', { presence }),
    ),
    bus.subscribe('mailbox.changed', ({ userId, mailboxId, newCount, oldCount }) =>
      emit(users([userId]), 'mailbox.changed', { mailboxId, newCount, oldCount }),
    ),
    bus.subscribe('directory.changed', ({ organisationId }) =>
      emit([audienceOf.organisation(organisationId)], 'directory.changed', { organisationId }),
    ),
    // One subscription, so that a room's events keep their order.
    bus.subscribe(ROOM_EVENTS, (payload, name) => seats.tell({ name, payload } as RoomEvent)),
  ];
  return () => stops.forEach((stop) => stop());
}
