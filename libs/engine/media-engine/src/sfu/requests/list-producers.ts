import { granted } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** All of the room's producers, the asker's own as well. */
export const listProducers: RequestHandler<'list-producers'> = ({ room }) =>
  granted({ producers: room.listProducers() });
