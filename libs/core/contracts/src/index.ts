import {
  callCommands,
  callEvents,
  registrationCommands,
  registrationEvents,
  roomPhoneCommands,
  voiceAppCommands,
} from './call.js';
import { ladderCommands } from './ladder.js';
import { borderCommands, borderEvents } from './border.js';
import { learntPhoneCommands } from './learnt-phone.js';
import { mediaCommands, mediaEvents } from './media.js';
import {
  directoryEvents,
  messagingCommands,
  messagingEvents,
  presenceCommands,
  presenceEvents,
  voicemailCommands,
  voicemailEvents,
} from './messaging.js';
import { roomCommands, roomEvents } from './room.js';
import { sipCommands, sipEvents } from './sip.js';
import { signallingProcessCommands, signallingProcessEvents } from './signalling-process.js';
import { trunkCommands } from './trunk.js';
import { sfuCommands, sfuEvents } from './sfu.js';
import type { z } from 'zod';

/** Every command between features: who calls it names it, one feature handles it. */
export const commands = {
  ...borderCommands,
  ...callCommands,
  ...ladderCommands,
  ...learntPhoneCommands,
  ...registrationCommands,
  ...sipCommands,
  ...signallingProcessCommands,
  ...trunkCommands,
  ...voiceAppCommands,
  ...roomPhoneCommands,
  ...mediaCommands,
  ...sfuCommands,
  ...roomCommands,
  ...messagingCommands,
  ...presenceCommands,
  ...voicemailCommands,
} as const;

/** Every event between features: its owner publishes it, anyone may subscribe. */
export const events = {
  ...borderEvents,
  ...callEvents,
  ...registrationEvents,
  ...sipEvents,
  ...signallingProcessEvents,
  ...mediaEvents,
  ...sfuEvents,
  ...roomEvents,
  ...messagingEvents,
  ...presenceEvents,
  ...voicemailEvents,
  ...directoryEvents,
} as const;

export type CommandName = keyof typeof commands;
export type CommandInput<Name extends CommandName> = z.input<(typeof commands)[Name]['input']>;
export type CommandPayload<Name extends CommandName> = z.output<(typeof commands)[Name]['input']>;
export type CommandOutput<Name extends CommandName> = z.output<(typeof commands)[Name]['output']>;
export type EventName = keyof typeof events;
export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>;

export * from './outcome.js';
export * from './media.js';
export * from './sfu.js';
export * from './border.js';
export * from './call.js';
export * from './ladder.js';
export * from './learnt-phone.js';
export * from './trunk.js';
export * from './room.js';
export * from './messaging.js';
export * from './realtime.js';
export * from './rest/index.js';
export * from './registration-policy.js';
export * from './signalling-process.js';
export * from './sip.js';
