import { z } from 'zod';
import { HepSettings, Ladder, LadderSettings, RefusedInvite } from '../ladder.js';
import { route } from './route.js';

/** What happened on a call, in plain words. */
export const CallExplanation = z.object({
  headline: z.string(),
  /** One step each, in order. */
  steps: z.array(z.string()),
});
export type CallExplanation = z.infer<typeof CallExplanation>;

export const LadderView = z.object({ ladder: Ladder, explanation: CallExplanation });
export type LadderView = z.infer<typeof LadderView>;

/** The auth key is written, never read: `hasAuthKey` says whether there is one. */
export const Diagnostics = z.object({
  ladder: LadderSettings,
  hep: HepSettings.omit({ authKeySealed: true }).extend({ hasAuthKey: z.boolean() }),
  /** What is kept now. */
  kept: z.object({ calls: z.number().int(), bytes: z.number() }),
});
export type Diagnostics = z.infer<typeof Diagnostics>;

export const SaveDiagnostics = z.object({
  ladder: LadderSettings,
  hep: HepSettings.omit({ authKeySealed: true })
    .extend({
      /** Absent keeps the one there is, null takes it away. */
      authKey: z.string().min(1).max(128).nullable().optional(),
    })
    .refine(({ on, host }) => !on || host !== '', { path: ['host'], error: 'Where should messages be sent?' })
    .refine(({ host }) => host === '' || /^[a-zA-Z0-9._:-]+$/.test(host), {
      path: ['host'],
      error: 'Not a host name or an address',
    }),
});
export type SaveDiagnostics = z.input<typeof SaveDiagnostics>;

/** A call of another organisation does not exist: 404. */
export const ladderRoutes = {
  /** 404 LADDER.NOT_FOUND where nothing is kept of the call. */
  ladder: route({ method: 'GET', path: '/api/calls/:callId/ladder', access: 'admin', response: LadderView }),
  /** application/vnd.tcpdump.pcap */
  ladderPcap: route({ method: 'GET', path: '/api/calls/:callId/ladder.pcap', access: 'admin' }),
  /** text/plain */
  ladderText: route({ method: 'GET', path: '/api/calls/:callId/ladder.txt', access: 'admin' }),
  /** Sends its messages to the collector once more, by HEPv3. Refused with LADDER.NOT_FOUND, HEP.OFF or HEP.UNREACHABLE. */
  sendLadder: route({
    method: 'POST',
    path: '/api/calls/:callId/ladder/hep',
    access: 'admin',
    response: z.object({ detail: z.string() }),
  }),
  /** Of the user's own calls; an admin's of any. */
  callExplanation: route({
    method: 'GET',
    path: '/api/calls/:callId/explanation',
    access: 'staff',
    response: CallExplanation,
  }),
  /** The newest hundred. */
  refusedInvites: route({
    method: 'GET',
    path: '/api/admin/refused-invites',
    access: 'admin',
    response: z.array(RefusedInvite),
  }),
  diagnostics: route({ method: 'GET', path: '/api/admin/diagnostics', access: 'admin', response: Diagnostics }),
  saveDiagnostics: route({
    method: 'PUT',
    path: '/api/admin/diagnostics',
    access: 'admin',
    body: SaveDiagnostics,
    response: Diagnostics,
  }),
  /** Sends one test message by what is saved. Refused with HEP.OFF or HEP.UNREACHABLE. */
  testHep: route({
    method: 'POST',
    path: '/api/admin/diagnostics/hep-test',
    access: 'admin',
    response: z.object({ detail: z.string() }),
  }),
} as const;
