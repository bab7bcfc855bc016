export { Database, SERVICE_ROLE, SYSTEM_ROLE, type DatabaseOptions, type Tx } from './database.js';
export { isDatabaseLost, isReferenceMissing, isUniqueViolation } from './database-errors.js';
export { DatabaseModule } from './database-module.js';
export { jsonText } from './json-text.js';
export type { ScopedStatement } from './scoped-statements.js';
export { openDatabase, type OpenedDatabase, type OpenOptions } from './open-database.js';
export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './postgres/embedded-postgres.js';
export { migrate } from './migrate/migrate.js';
export { Prisma } from './generated/client.js';
export type {
  AuditEntry,
  Call,
  ChatMessage,
  Conversation,
  ConversationMember,
  Device,
  Extension,
  IvrEntry,
  IvrMenu,
  Mailbox,
  Meta,
  Organisation,
  RegistrationBinding,
  RingGroup,
  RingGroupMember,
  Room,
  Session,
  User,
  VoicemailMessage,
} from './generated/client.js';
export { ExtensionKind, Role } from './generated/enums.js';
