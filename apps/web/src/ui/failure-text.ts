import type { Refusal } from '@carillon/contracts';
import { ApiFailure } from '../api/api-failure.js';

/** What codes mean to a person. Codes that are not here are shown with the server's own words. */
const SENTENCES: Readonly<Record<string, string>> = {
  'CALL.NO_DEVICE': 'None of your phones is registered. Switch one on, then call again.',
  'CALL.NO_ROUTE': 'This number leads nowhere.',
  'CALL.GONE': 'This call is already over.',
  'CLIENT.OFFLINE': 'There is no connection to the server just now.',
  'CLIENT.TIMEOUT': 'The server took too long to answer.',
  'CLIENT.UNEXPECTED_ANSWER': 'The server answered something this page does not understand. Reload the page.',
  'DIRECTORY.NUMBER_TAKEN': 'This number is already in use.',
  'DIRECTORY.EMAIL_TAKEN': 'Someone already has this e-mail address.',
  'IDENTITY.WRONG_CREDENTIALS': 'The e-mail address or the password is wrong.',
  'ROOM.FULL': 'This meeting is full.',
  'ROOM.NOT_FOUND': 'This meeting room does not exist.',
  'ROOM.NOT_ALLOWED': 'Only a host may do this.',
};

/** One sentence for whatever went wrong: a refusal of the realtime side, a failure of a route, or a thrown error. */
export function failureText(failure: unknown): string {
  if (failure instanceof ApiFailure) return SENTENCES[failure.code] ?? failure.message;
  if (isRefusal(failure))
    return SENTENCES[failure.code] ?? failure.detail ?? `The server refused this (${failure.code}).`;
  return failure instanceof Error && failure.message !== '' ? failure.message : 'Something went wrong.';
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === false;
}
