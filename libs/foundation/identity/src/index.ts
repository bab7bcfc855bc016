export { Audit, type AuditRecord } from './audit.js';
export {
  CSRF_HEADER,
  hasCsrfToken,
  isOriginOfHost,
  isSameOrigin,
  readSessionToken,
  SESSION_COOKIE,
  type RequestHeaders,
} from './browser-requests.js';
export { openCertificateKey, sealCertificateKey } from './certificate-keys.js';
export { openHepKey, sealHepKey } from './hep-key.js';
export { IdentityModule } from './identity-module.js';
export { Login, type LoginAttempt, type LoginOutcome } from './login.js';
export { LoginThrottle, type Attempt } from './login-throttle.js';
export { hashPassword, verifyPassword } from './password-hash.js';
export type { Principal } from './principal.js';
export { newGuestToken, readGuestToken, readRoomPin, sealRoomPin } from './room-secrets.js';
export { SecretBox } from './secret-box.js';
export { openTrunkPassword, sealTrunkPassword } from './trunk-secrets.js';
export { seedDemo, type DemoSeed, type DemoStaff } from './seed-demo.js';
export { SESSION_IDLE_MS, SESSION_LIFE_MS, Sessions, type SessionClient, type StartedSession } from './sessions.js';
export { computeHa1, findSipAccount, newSipCredentials, type Ha1, type SipAccount } from './sip-credentials.js';
export { equalSecrets, hashToken, newPassword, newPin, newSipPassword, newToken } from './tokens.js';
export { warnOfDomain } from './warn-of-domain.js';
