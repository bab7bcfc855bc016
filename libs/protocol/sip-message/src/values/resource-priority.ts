import { isToken } from './characters.js';

/** Resource-Priority and Accept-Resource-Priority (RFC 4412 §3.1), e.g. `dsn.flash`. */
export interface ResourcePriority {
  readonly namespace: string;
  readonly priority: string;
}

/** One value. @returns undefined when malformed */
export function parseResourcePriority(text: string): ResourcePriority | undefined {
  const value = text.trim();
  const point = value.indexOf('.');
  const namespace = value.slice(0, Math.max(point, 0));
  const priority = value.slice(point + 1);
  return isToken(namespace) && isToken(priority) && !priority.includes('.') ? { namespace, priority } : undefined;
}

export function buildResourcePriority(value: ResourcePriority): string {
  return `${value.namespace}.${value.priority}`;
}
