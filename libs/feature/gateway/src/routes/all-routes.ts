import type { RouteHandlers } from '../http/route-types.js';
import { borderRoutes } from './border-routes.js';
import { callRoutes } from './call-routes.js';
import { certificateRoutes } from './certificate-routes.js';
import { conversationRoutes } from './conversation-routes.js';
import { deviceProfileRoutes } from './device-profile-routes.js';
import { deviceRoutes } from './device-routes.js';
import { diagnosticsRoutes } from './diagnostics-routes.js';
import type { GatewayServices } from './gateway-services.js';
import { ivrMenuRoutes } from './ivr-menu-routes.js';
import { ladderRoutes } from './ladder-routes.js';
import { learntPhoneRoutes } from './learnt-phone-routes.js';
import { organisationRoutes } from './organisation-routes.js';
import { overviewRoutes } from './overview-routes.js';
import { ringGroupRoutes } from './ring-group-routes.js';
import { roomRoutes } from './room-routes.js';
import { holdMusicRoutes } from './hold-music-routes.js';
import { safeNetworkRoutes } from './safe-network-routes.js';
import { sessionRoutes } from './session-routes.js';
import { sipRoutes } from './sip-routes.js';
import { trunkRoutes } from './trunk-routes.js';
import { userRoutes } from './user-routes.js';
import { voicemailRoutes } from './voicemail-routes.js';

/** Every route of the contracts with who handles it; the type says if one is missing. */
export function allRoutes(services: GatewayServices): RouteHandlers {
  return {
    ...sessionRoutes(services),
    ...sipRoutes(services),
    ...certificateRoutes(services),
    ...organisationRoutes(services),
    ...overviewRoutes(services),
    ...userRoutes(services),
    ...deviceRoutes(services),
    ...deviceProfileRoutes(services),
    ...learntPhoneRoutes(services),
    ...ringGroupRoutes(services),
    ...ivrMenuRoutes(services),
    ...roomRoutes(services),
    ...callRoutes(services),
    ...trunkRoutes(services),
    ...ladderRoutes(services),
    ...diagnosticsRoutes(services),
    ...borderRoutes(services),
    ...holdMusicRoutes(services),
    ...safeNetworkRoutes(services),
    ...voicemailRoutes(services),
    ...conversationRoutes(services),
  };
}
