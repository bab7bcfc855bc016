import { refused } from '../sfu-outcome.js';
import type { SfuRequest } from '../sfu-request.js';
import { closeConsumer } from './close-consumer.js';
import { closeProducer } from './close-producer.js';
import { connectTransport } from './connect-transport.js';
import { consume } from './consume.js';
import { createTransport } from './create-transport.js';
import { listProducers } from './list-producers.js';
import { pauseConsumer } from './pause-consumer.js';
import { pauseProducer } from './pause-producer.js';
import { preferLayers } from './prefer-layers.js';
import { produce } from './produce.js';
import type { RequestAnswer, RequestContext, RequestHandler } from './request-context.js';
import { restartIce } from './restart-ice.js';
import { routerCapabilities } from './router-capabilities.js';

/** What a browser may ask. */
const HANDLERS: { readonly [Type in SfuRequest['type']]: RequestHandler<Type> } = {
  'router-capabilities': routerCapabilities,
  'create-transport': createTransport,
  'connect-transport': connectTransport,
  'restart-ice': restartIce,
  produce,
  'pause-producer': pauseProducer,
  'close-producer': closeProducer,
  'list-producers': listProducers,
  consume,
  'pause-consumer': pauseConsumer,
  'prefer-layers': preferLayers,
  'close-consumer': closeConsumer,
};

const LONGEST_DETAIL = 200;

/** Answers one request. mediasoup throws on parameters that make no sense: that is the asker's fault, and a refusal. */
export async function answerRequest<Type extends SfuRequest['type']>(
  context: RequestContext,
  request: Extract<SfuRequest, { type: Type }>,
): Promise<RequestAnswer> {
  const handler = HANDLERS[request.type];
  try {
    return await handler(context, request);
  } catch (error) {
    if (context.room.closed) return refused('SFU.ROOM_UNKNOWN', 'The room was closed meanwhile');
    if (context.participant.closed) return refused('SFU.PARTICIPANT_UNKNOWN', 'The participant left meanwhile');
    const message = error instanceof Error ? error.message : String(error);
    return refused('SFU.BAD_REQUEST', `${request.type}: ${message}`.slice(0, LONGEST_DETAIL));
  }
}
