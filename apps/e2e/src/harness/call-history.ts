import type { Carillon } from './carillon.js';
import { Portal } from './portal.js';
import { until } from './wait.js';

/** A call as the history has it. */
export interface CallRecord {
  readonly callId: string;
  readonly outcome: string;
  readonly sipStatus: number | null;
  readonly from: { readonly number: string };
  readonly to: { readonly number: string; readonly kind: string };
  readonly startedAt: string;
  readonly answeredAt: string | null;
  readonly durationSeconds: number;
}

/** Logs in as a demo extension's owner. */
export function portalOf(carillon: Carillon, extension: string): Promise<Portal> {
  const { email, password } = carillon.staff(extension);
  return Portal.login(carillon.httpUrl, email, password);
}

/** Logs in as the demo's admin. */
export function adminOf(carillon: Carillon): Promise<Portal> {
  const { email, password } = carillon.demo.portal.admin;
  return Portal.login(carillon.httpUrl, email, password);
}

/**
 * Waits until the latest call of an extension's owner is as wanted: it is written a moment after its phones know.
 * @throws Error that tells what there is instead
 */
export function callOf(
  carillon: Carillon,
  extension: string,
  wanted: (call: CallRecord) => boolean,
): Promise<CallRecord> {
  let last: CallRecord | undefined;
  return until(`the call in the history of ${extension}`, async () => {
    last = await lastCall(carillon, extension);
    return wanted(last) && last;
  }).catch((error: unknown) => {
    const there = last === undefined ? 'no call' : JSON.stringify(last);
    throw new Error(`${(error as Error).message}; there is ${there}`, { cause: error });
  });
}

/** The latest call of an extension's owner. @throws Error where there is none */
async function lastCall(carillon: Carillon, extension: string): Promise<CallRecord> {
  const portal = await portalOf(carillon, extension);
  const { calls } = await portal.do<{ calls: CallRecord[] }>('GET', '/api/calls?limit=1');
  const [call] = calls;
  if (call === undefined) throw new Error(`${extension} has no calls in the history`);
  return call;
}
