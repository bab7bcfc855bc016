import { CertificateId } from '@carillon/domain';
import { z } from 'zod';
import { Timestamp } from '../outcome.js';
import { ShownCertificate } from '../sip.js';
import { route } from './route.js';

/** A certificate that an operator gave to the installation. */
export const UploadedCertificate = ShownCertificate.pick({
  names: true,
  issuer: true,
  validFrom: true,
  validTo: true,
  fingerprint: true,
  pem: true,
}).extend({
  certificateId: CertificateId,
  /** Shown to whoever names no server, unless a file of the settings is. */
  isDefault: z.boolean(),
  /** False where phones may not find the way to an authority that they know. */
  isComplete: z.boolean(),
  uploadedAt: Timestamp,
  /** Name of the operator. */
  uploadedBy: z.string(),
});
export type UploadedCertificate = z.infer<typeof UploadedCertificate>;

export const UploadCertificate = z.object({
  /** PEM: the certificate and those that lead to its authority, in any order. */
  chain: z.string().min(1, { error: 'Paste the certificate' }).max(100_000, { error: 'This is too long' }),
  /** PEM, without a passphrase. */
  key: z.string().min(1, { error: 'Paste the private key' }).max(20_000, { error: 'This is too long' }),
  /** An older one, whose place it takes. */
  replaces: CertificateId.nullable().default(null),
});
export type UploadCertificate = z.input<typeof UploadCertificate>;

const PATH = '/api/operator/certificates';

/** Certificates for SIP over TLS are the installation's, not an organisation's. */
export const certificateRoutes = {
  listCertificates: route({
    method: 'GET',
    path: PATH,
    access: 'operator',
    response: z.object({
      /** The first is the default one. */
      uploaded: z.array(UploadedCertificate),
      /** Files of the settings come first: these are only shown for names that no file has. */
      filesFirst: z.boolean(),
    }),
  }),
  /**
   * 400 with words beside the field for what cannot be used; 409 CERTIFICATE.NAME_TAKEN where another uploaded one has one of
   * its names, CERTIFICATE.TOO_MANY.
   */
  uploadCertificate: route({
    method: 'POST',
    path: PATH,
    access: 'operator',
    body: UploadCertificate,
    response: UploadedCertificate,
  }),
  makeDefaultCertificate: route({ method: 'POST', path: `${PATH}/:certificateId/default`, access: 'operator' }),
  /** Where it was the last one, the built-in certificate is shown again. */
  removeCertificate: route({ method: 'DELETE', path: `${PATH}/:certificateId`, access: 'operator' }),
} as const;
