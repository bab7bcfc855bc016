import { auditRoutes } from './audit.js';
import { certificateRoutes } from './certificates.js';
import { deviceProfileRoutes } from './device-profiles.js';
import { ivrMenuRoutes } from './ivr-menus.js';
import { holdMusicRoutes } from './hold-music.js';
import { ladderRoutes } from './ladder.js';
import { learntPhoneRoutes } from './learnt-phones.js';
import { organisationRoutes } from './organisation.js';
import { overviewRoutes } from './overview.js';
import { ringGroupRoutes } from './ring-groups.js';
import { roomRoutes } from './rooms.js';
import { borderRoutes } from './border.js';
import type { Route } from './route.js';
import { sipRoutes } from './sip.js';
import { sessionRoutes } from './session.js';
import { staffRoutes } from './staff.js';
import { trunkRoutes } from './trunk.js';
import { userRoutes } from './users.js';
import { z } from 'zod';

/** Every REST route; the gateway serves exactly these, the web app calls them by name. */
export const routes = {
  ...sessionRoutes,
  ...organisationRoutes,
  ...overviewRoutes,
  ...userRoutes,
  ...ringGroupRoutes,
  ...ivrMenuRoutes,
  ...roomRoutes,
  ...auditRoutes,
  ...sipRoutes,
  ...certificateRoutes,
  ...borderRoutes,
  ...holdMusicRoutes,
  ...deviceProfileRoutes,
  ...learntPhoneRoutes,
  ...ladderRoutes,
  ...staffRoutes,
  ...trunkRoutes,
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof routes;

/** The body of every error answer. */
export const ApiError = z.object({
  /** `AREA.REASON` */
  code: z.string(),
  message: z.string(),
  /** Per field, where a body or query was refused (code REQUEST.INVALID). */
  fields: z.record(z.string(), z.string()).optional(),
});
export type ApiError = z.infer<typeof ApiError>;

export * from './audit.js';
export * from './border.js';
export * from './certificates.js';
export * from './device-profiles.js';
export { Page } from './fields.js';
export * from './ivr-menus.js';
export * from './hold-music.js';
export * from './ladder.js';
export * from './learnt-phones.js';
export * from './organisation.js';
export * from './overview.js';
export * from './ring-groups.js';
export * from './rooms.js';
export * from './route.js';
export * from './session.js';
export * from './sip.js';
export * from './staff.js';
export * from './trunk.js';
export * from './users.js';
