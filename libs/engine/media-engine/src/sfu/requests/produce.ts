import type { types } from 'mediasoup';
import { granted, refused } from '../sfu-outcome.js';
import type { MediaKind, MediaSource } from '../sfu-request.js';
import type { RequestHandler } from './request-context.js';

const KIND_OF_SOURCE: Readonly<Record<MediaSource, MediaKind>> = {
  microphone: 'audio',
  'screen-audio': 'audio',
  camera: 'video',
  screen: 'video',
};
/** Far above what a browser sends; keeps a hostile one from making the worker allocate. */
const MOST_ENCODINGS = 8;
const MOST_LIST_ENTRIES = 64;

function tooLong(list: unknown, most: number): boolean {
  return Array.isArray(list) && list.length > most;
}

/** Takes in a microphone, camera or screen, simulcast or not. The same source again takes the first one's place. */
export const produce: RequestHandler<'produce'> = async ({ room, participant }, request) => {
  const { kind, source, rtpParameters } = request;
  const transport = participant.transport(request.transportId, 'send');
  if (transport === undefined) return refused('SFU.TRANSPORT_UNKNOWN', 'There is no such sending transport');
  if (KIND_OF_SOURCE[source] !== kind) return refused('SFU.BAD_REQUEST', `A ${source} cannot be ${kind}`);
  if (
    tooLong(rtpParameters['encodings'], MOST_ENCODINGS) ||
    tooLong(rtpParameters['codecs'], MOST_LIST_ENTRIES) ||
    tooLong(rtpParameters['headerExtensions'], MOST_LIST_ENTRIES)
  )
    return refused('SFU.BAD_REQUEST', 'rtpParameters are too long');
  const producer = await transport.produce({
    kind,
    rtpParameters: rtpParameters as unknown as types.RtpParameters,
    paused: request.paused || (source === 'microphone' && participant.muted),
    // A second of key frames is asked for at most, however many join at once.
    keyFrameRequestDelay: 1_000,
  });
  if (participant.closed) {
    producer.close();
    return refused('SFU.PARTICIPANT_UNKNOWN', 'The participant left meanwhile');
  }
  room.addProducer(participant, { producer, source });
  if (source === 'microphone') await keepMuted(producer, request.paused || participant.muted);
  return granted({ producerId: producer.id });
};

/** Muted or not while the worker made it: nobody had a producer to pause then. */
async function keepMuted(producer: types.Producer, muted: boolean): Promise<void> {
  if (producer.closed || producer.paused === muted) return;
  await (muted ? producer.pause() : producer.resume());
}
