import 'reflect-metadata';
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { certificateNames } from './certificate-names.js';
import { orderChain } from './order-chain.js';
import { weaknessOfKey, weaknessOfSignature } from './weak-certificates.js';

/** Which of the two texts is at fault. */
export type CertificateField = 'chain' | 'key';

/** A certificate that servers can show, in order. PEM. */
export interface GoodCertificate {
  /** The certificate first, then what links it to its authority; nothing else. */
  readonly chain: string;
  readonly key: string;
  readonly leaf: X509Certificate;
  /** Host names and addresses that it is for, lower case; one at least. */
  readonly names: readonly string[];
  /** False where phones may not find the way to an authority that they know. */
  readonly isComplete: boolean;
}

export type CheckedCertificate =
  | { readonly ok: true; readonly certificate: GoodCertificate }
  | { readonly ok: false; readonly field: CertificateField; readonly words: string };

/** Certificates in one chain at most: public ones have two to four. */
const MAX_CHAIN = 10;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const SERVER_USE = '1.3.6.1.5.5.7.3.1';

/**
 * Whether a server may show this certificate to phones; if not, why and what to do, for the person who has the files.
 * Takes anything. @param now milliseconds since 1970
 */
export function checkCertificate(given: { chain: string; key: string }, now: number): CheckedCertificate {
  const key = readKey(given.key);
  if (typeof key === 'string') return refuse('key', key);
  const certificates = readCertificates(given.chain);
  if (typeof certificates === 'string') return refuse('chain', certificates);
  const weakKey = weaknessOfKey(key);
  if (weakKey !== undefined) return refuse('key', weakKey);
  const leaf = certificates.find((one) => one.checkPrivateKey(key));
  if (leaf === undefined)
    return refuse('key', `This key does not belong to the certificate for ${nameOf(certificates[0])}.`);
  const ordered = orderChain(leaf, certificates);
  if (!ordered.ok)
    return refuse('chain', `${nameOf(ordered.stray)} is not part of the chain of ${nameOf(leaf)}: leave it out.`);
  const problem = ordered.chain.map((one) => problemOf(one, now)).find((words) => words !== undefined);
  if (problem !== undefined) return refuse('chain', problem);
  const names = certificateNames(leaf);
  if (names.length === 0)
    return refuse('chain', 'This certificate names no host. Ask for one with a subject alternative name.');
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.includes(SERVER_USE))
    return refuse(
      'chain',
      'This certificate is not meant for servers (its extended key usage lacks server authentication).',
    );
  const chain = ordered.chain.map((one) => one.toString().trim()).join('\n');
  const pem = String(key.export({ type: 'pkcs8', format: 'pem' }));
  try {
    createSecureContext({ cert: chain, key: pem, minVersion: 'TLSv1.2' });
  } catch (error) {
    return refuse(
      'chain',
      `TLS does not take this certificate: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  return { ok: true, certificate: { chain: `${chain}\n`, key: pem, leaf, names, isComplete: ordered.isComplete } };
}

function refuse(field: CertificateField, words: string): CheckedCertificate {
  return { ok: false, field, words };
}

/** @returns the key, or what is wrong with it */
function readKey(pem: string): KeyObject | string {
  if (/BEGIN ENCRYPTED|Proc-Type:.*ENCRYPTED/.test(pem))
    return 'The key is protected by a passphrase. Take it off first: openssl pkey -in key.pem -out plain.pem';
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(pem))
    return 'This is no private key in PEM: it begins with -----BEGIN PRIVATE KEY-----.';
  try {
    return createPrivateKey(pem);
  } catch {
    return 'This private key cannot be read: was all of it copied?';
  }
}

function readCertificates(text: string): X509Certificate[] | string {
  const pems = text.match(CERTIFICATE) ?? [];
  if (pems.length === 0) return 'This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.';
  if (pems.length > MAX_CHAIN)
    return `These are ${pems.length} certificates: give one and those that lead to its authority.`;
  try {
    return pems.map((pem) => new X509Certificate(pem));
  } catch {
    return 'One of these certificates cannot be read: was all of it copied?';
  }
}

function problemOf(certificate: X509Certificate, now: number): string | undefined {
  const { validFrom, validTo } = certificate;
  if (Date.parse(validTo) <= now) return `The certificate of ${nameOf(certificate)} ended on ${day(validTo)}.`;
  if (Date.parse(validFrom) > now)
    return `The certificate of ${nameOf(certificate)} is valid from ${day(validFrom)} on: not yet, by the clock of this server.`;
  return weaknessOfSignature(certificate, nameOf(certificate));
}

const day = (date: string): string => new Date(date).toISOString().slice(0, 10);

/** What people call it. */
function nameOf(certificate: X509Certificate | undefined): string {
  if (certificate === undefined) return 'nobody';
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificateNames(certificate)[0] ?? 'a nameless authority';
}
