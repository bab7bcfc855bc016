import { z } from 'zod';
import { LiveCall, Registration } from '../call.js';
import { route } from './route.js';
import { DeviceCredentials } from './users.js';

export const Overview = z.object({
  users: z.number(),
  registeredDevices: z.number(),
  callsNow: z.number(),
  callsToday: z.number(),
  missedToday: z.number(),
  sip: DeviceCredentials.pick({ domain: true, host: true, udpPort: true, tcpPort: true, tlsPort: true, wssUrl: true }),
});
export type Overview = z.infer<typeof Overview>;

/** What goes on at the moment. */
export const overviewRoutes = {
  overview: route({ method: 'GET', path: '/api/admin/overview', access: 'admin', response: Overview }),
  listRegistrations: route({
    method: 'GET',
    path: '/api/admin/registrations',
    access: 'admin',
    response: z.array(Registration),
  }),
  listLiveCalls: route({ method: 'GET', path: '/api/admin/calls/live', access: 'admin', response: z.array(LiveCall) }),
  endCall: route({ method: 'DELETE', path: '/api/admin/calls/live/:callId', access: 'admin' }),
} as const;
