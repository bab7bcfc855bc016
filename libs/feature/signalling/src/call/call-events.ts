import type { EventPayload } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { Lamps } from '../subscriptions/lamps.js';
import { endCall } from './actions/end-call.js';
import { endLeg } from './actions/end-leg.js';
import type { CallParts } from './call-parts.js';
import type { Call } from './call.js';
import type { Leg } from './leg.js';

/** What signalling does when other parts tell it something. @returns stops hearing */
export function hearEvents(bus: Bus, parts: CallParts, lamps: Lamps): () => void {
  const stops = [
    bus.subscribe('directory.changed', async ({ organisationId }) => {
      parts.directories.invalidate(organisationId);
      const directory = await parts.directories.of(organisationId);
      if (directory !== undefined) lamps.keepTo(directory);
    }),
    bus.subscribe('user.disabled', (event) => dropUser(parts, lamps, event)),
    bus.subscribe('device.revoked', (event) => dropDevice(parts, lamps, event)),
    bus.subscribe('media.endpoint-lost', (event) => dropEndpoint(parts, event)),
    bus.subscribe('mailbox.changed', (event) => lamps.changed(event)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Calls and registrations of someone who may not use the system any more end at once. */
async function dropUser(
  parts: CallParts,
  lamps: Lamps,
  { organisationId, userId }: EventPayload<'user.disabled'>,
): Promise<void> {
  parts.directories.invalidate(organisationId);
  for (const { call, leg } of parts.calls.legsOfUser(userId)) dropLeg(parts, call, leg, 'The user was disabled');
  lamps.endOf({ organisationId, userId });
  await parts.registrar.remove(parts.registrar.list(organisationId, userId), 'removed');
}

/** As `dropUser` for one device. A call of a device that is not among the good ones any more, say deleted, ends too. */
async function dropDevice(
  parts: CallParts,
  lamps: Lamps,
  { organisationId, userId, sipUsername }: EventPayload<'device.revoked'>,
): Promise<void> {
  parts.directories.invalidate(organisationId);
  lamps.endOf({ organisationId, userId, sipUsername });
  const registrations = parts.registrar.list(organisationId, userId);
  await parts.registrar.remove(
    registrations.filter(({ device }) => device.sipUsername === sipUsername),
    'removed',
  );
  const directory = await parts.directories.of(organisationId);
  const devices = [...(directory?.devices.values() ?? [])];
  const good = new Set(
    devices.filter((one) => !one.disabled && one.sipUsername !== sipUsername).map(({ deviceId }) => deviceId),
  );
  for (const { call, leg } of parts.calls.legsOfUser(userId))
    if (leg.deviceId !== null && !good.has(leg.deviceId)) dropLeg(parts, call, leg, 'The device was revoked');
}

const LOSSES: Readonly<Record<EventPayload<'media.endpoint-lost'>['reason'], string>> = {
  'rtp-timeout': 'No media from the phone',
  'worker-died': 'Media was lost',
  'not-connected': 'The media connection (ICE, DTLS) did not come up',
  'connection-lost': 'The media connection to the browser was lost',
};

function dropEndpoint(parts: CallParts, { callId, endpointId, reason }: EventPayload<'media.endpoint-lost'>): void {
  const found = parts.calls.findByEndpoint(callId, endpointId);
  if (found === undefined) return;
  dropLeg(parts, found.call, found.leg, LOSSES[reason]);
}

/** One of the two who talk takes the call down; a phone that only rings goes alone. */
function dropLeg(parts: CallParts, call: Call, leg: Leg, reason: string): void {
  if (leg === call.led || leg === call.peer) endCall(parts, call, { outcome: 'failed', reason, sipStatus: 480 });
  else void endLeg(parts, leg, { reason });
}
