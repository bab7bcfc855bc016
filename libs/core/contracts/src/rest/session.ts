import { OrganisationId, Role, SessionId, UserId } from '@carillon/domain';
import { z } from 'zod';
import { Timestamp } from '../outcome.js';
import { route } from './route.js';

export const Password = z.string().min(12, { error: 'A password has at least 12 characters' }).max(256);

export const LoginRequest = z.object({
  email: z.string().trim().toLowerCase().max(254),
  password: z.string().min(1).max(256),
});

export const Me = z.object({
  userId: UserId,
  organisationId: OrganisationId,
  organisationName: z.string(),
  email: z.string(),
  displayName: z.string(),
  role: Role,
  /** An admin who also looks after the whole installation. */
  isOperator: z.boolean(),
  extension: z.string().nullable(),
  mustChangePassword: z.boolean(),
  /** Sent back in the header `x-carillon-csrf` with every request that changes something. */
  csrfToken: z.string(),
  presenceChoice: z.enum(['automatic', 'away']),
  voicemail: z.object({ newCount: z.number().int(), oldCount: z.number().int() }).nullable(),
});
export type Me = z.infer<typeof Me>;

export const SessionInfo = z.object({
  sessionId: SessionId,
  current: z.boolean(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  address: z.string(),
  userAgent: z.string(),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

export const sessionRoutes = {
  /** Sets the session cookie. 401 IDENTITY.WRONG_CREDENTIALS whatever was wrong; 429 IDENTITY.SLOWED with Retry-After. */
  login: route({ method: 'POST', path: '/api/session', access: 'public', body: LoginRequest, response: Me }),
  logout: route({ method: 'DELETE', path: '/api/session', access: 'session' }),
  me: route({ method: 'GET', path: '/api/me', access: 'session', response: Me }),
  /** Ends all other sessions of the user. 403 IDENTITY.WRONG_CREDENTIALS when `current` is wrong. */
  changePassword: route({
    method: 'PUT',
    path: '/api/me/password',
    access: 'session',
    body: z.object({ current: z.string().max(256), next: Password }),
    response: Me,
  }),
  /** Keeps the generated password: it is not asked again. */
  keepPassword: route({ method: 'POST', path: '/api/me/password/keep', access: 'session', response: Me }),
  sessions: route({ method: 'GET', path: '/api/me/sessions', access: 'session', response: z.array(SessionInfo) }),
  revokeSession: route({ method: 'DELETE', path: '/api/me/sessions/:sessionId', access: 'session' }),
} as const;
