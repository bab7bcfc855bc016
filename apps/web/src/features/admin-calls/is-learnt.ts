import type { LearntPhone, Registration } from '@carillon/contracts';

/** Of a User-Agent, as it is kept with what was learnt; a registration has more of it. */
const MOST_CHARACTERS = 120;

/** Whether what was learnt is of the phone that registered so: a device's password may be in several, each with manners of its own. */
export function isLearnt(learnt: readonly LearntPhone[], { deviceId, source, userAgent }: Registration): boolean {
  const address = source.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  const software = userAgent?.slice(0, MOST_CHARACTERS) ?? null;
  return learnt.some((one) => one.deviceId === deviceId && one.address === address && one.userAgent === software);
}
