import type { UserId } from '@carillon/domain';
import { remarks } from '../../ladder/remarks.js';
import { LIMITS } from '../../limits.js';
import type { Binding } from '../../registrar/binding.js';
import type { DirectoryUser } from '../../routing/directory.js';
import { partyOf } from '../../inbound/caller.js';
import { NOT_REGISTERED, TOO_MANY_CALLS, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Presented } from '../identity/present-party.js';
import { Fork, type ForkResult, type ForkTarget } from './fork.js';

export interface RingOptions {
  readonly userIds: readonly UserId[];
  readonly seconds: number;
  /** `caller` rings the one who placed the call (click to call). */
  readonly role: 'caller' | 'callee';
  readonly shown: Presented;
  readonly signal: AbortSignal;
}

/** Rings every device of every one of these users that may still be used. */
export async function ringUsers(parts: CallParts, call: Call, options: RingOptions): Promise<ForkResult> {
  const directory = await parts.directories.of(call.organisationId);
  const targets: ForkTarget[] = [];
  const failures: CallFailure[] = [];
  for (const userId of options.userIds) {
    const user = directory?.users.get(userId);
    // A user who calls their own number rings their other devices.
    const bindings = parts.registrar
      .ofUser(userId)
      .filter(({ device }) => device.deviceId !== call.led?.deviceId)
      // The news that a device was disabled may still be on its way to its registration.
      .filter(({ device }) => directory?.devices.get(device.sipUsername)?.disabled === false);
    const failure = whyNot(parts, call, { userId, reachable: user !== undefined && bindings.length > 0 });
    if (failure !== undefined) {
      parts.ladders.note(call, remarks.notRung(user?.displayName ?? 'A user', failure.reason));
      failures.push(failure);
    } else if (user !== undefined) targets.push(...bindings.map((binding) => deviceTarget(user, binding)));
  }
  const { seconds, role, shown, signal } = options;
  return new Fork(parts, call, { targets, failures, seconds, role, shown, signal }).run();
}

function whyNot(
  parts: CallParts,
  call: Call,
  { userId, reachable }: { readonly userId: UserId; readonly reachable: boolean },
): CallFailure | undefined {
  if (!reachable) return NOT_REGISTERED;
  return countCalls(parts, userId, call) >= LIMITS.callsPerUser ? TOO_MANY_CALLS : undefined;
}

function deviceTarget(user: DirectoryUser, binding: Binding): ForkTarget {
  return { party: partyOf(user), deviceId: binding.device.deviceId, way: { kind: 'device', binding } };
}

function countCalls({ calls }: CallParts, userId: UserId, except: Call): number {
  const others = calls.legsOfUser(userId).filter(({ call }) => call !== except);
  return new Set(others.map(({ call }) => call)).size;
}
