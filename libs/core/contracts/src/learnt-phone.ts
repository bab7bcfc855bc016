import { DeviceId, OrganisationId } from '@carillon/domain';
import { z } from 'zod';
import { command, outcome, Timestamp } from './outcome.js';

/**
 * A device that is asked by MD5 alone: it gave up where SHA-256 was offered beside it (RFC 8760 §2.4), and has answered
 * since with its password. Of phones that have not, nothing is known but what anybody can write.
 */
export const LearntPhone = z.object({
  deviceId: DeviceId,
  address: z.string(),
  userAgent: z.string().nullable(),
  since: Timestamp,
  /** Forgotten then, unless it answers once more before. */
  until: Timestamp,
});
export type LearntPhone = z.infer<typeof LearntPhone>;

const OfDevice = z.object({ organisationId: OrganisationId, deviceId: DeviceId });
const OfOrganisation = OfDevice.pick({ organisationId: true });

export const learntPhoneCommands = {
  'learnt-phone.list': command(OfOrganisation, outcome({ phones: z.array(LearntPhone) })),
  /** From then on it is asked as if it had never called. */
  'learnt-phone.forget': command(OfDevice, outcome({})),
  /** The same two of one process of signalling, `signalling-<number>`. */
  'signalling.learnt-phones': command(OfOrganisation, outcome({ phones: z.array(LearntPhone) })),
  'signalling.forget-phone': command(OfDevice, outcome({})),
} as const;
