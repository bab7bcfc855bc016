export { claimDataDirectory, type ClaimedDataDirectory } from './data-directory.js';
export { Certificates } from './certificates/certificates.js';
export { checkCertificate, type CheckedCertificate, type GoodCertificate } from './certificates/check-certificate.js';
export {
  describeCertificate,
  isChainComplete,
  type DescribedCertificate,
} from './certificates/describe-certificate.js';
export type { CertificateInUse, LoadedCertificates, UploadedCertificate } from './certificates/load-certificates.js';
export { Clock, ManualClock, SystemClock } from './clock.js';
export { CodedError, isCodedError } from './coded-error.js';
export { createLogger, silentLogger } from './create-logger.js';
export { DiskSpace, LEAST_FREE_BYTES, readFreeBytes } from './disk-space.js';
export { giveWay } from './give-way.js';
export { guardProcess } from './guard-process.js';
export { Health, type HealthCheck, type HealthReport, type HealthState } from './health.js';
export { helpersGiveWay } from './helpers-give-way.js';
export { Logger, type LogMethod } from './logger.js';
export { Metrics } from './metrics.js';
export { NestLogger } from './nest-logger.js';
export { DEFAULT_SIP_DOMAIN, loadSettings, parseSettings, type SettingsOutcome } from './parse-settings.js';
export { RuntimeModule, type RuntimeParts } from './runtime-module.js';
export { LOG_LEVELS, Settings, type ListenAddress, type LogLevel, type TlsSettings } from './settings.js';
export { Shutdown, type Close } from './shutdown.js';
export { assertNodeVersion, assertPortsFree } from './start-checks.js';
export { StartRefusal } from './start-refusal.js';
export { TokenBucket, type Rate } from './token-bucket.js';
export { TrustedProxies, type ProxiedRequest } from './trusted-proxies.js';
