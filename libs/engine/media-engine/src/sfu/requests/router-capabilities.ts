import { granted } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** What a browser's mediasoup Device is loaded with. */
export const routerCapabilities: RequestHandler<'router-capabilities'> = ({ room }) =>
  granted({ rtpCapabilities: room.router.rtpCapabilities });
