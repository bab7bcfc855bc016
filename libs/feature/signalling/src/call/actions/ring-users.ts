import type { DeviceId, UserId } from '@carillon/domain';
import { isSipsUri } from '@carillon/sip-stack';
import { remarks } from '../../ladder/remarks.js';
import { LIMITS } from '../../limits.js';
import type { Binding } from '../../registrar/binding.js';
import { chooseFlows } from '../../registrar/choose-flows.js';
import type { PhoneInstance } from '../../routing/route-call.js';
import type { Directory, DirectoryUser } from '../../routing/directory.js';
import { isInstance } from '../../routing/is-instance.js';
import { partyOf } from '../../inbound/caller.js';
import type { Attempt } from '../attempt.js';
import { NOT_REGISTERED, sipsNotAllowed, TOO_MANY_CALLS, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import type { Presented } from '../identity/present-party.js';
import { Fork, type ForkResult, type ForkTarget } from './fork.js';

export interface RingOptions {
  readonly who: {
    readonly userIds: readonly UserId[];
    /** Only the one phone that a GRUU names (RFC 5627). */
    readonly only?: PhoneInstance;
    readonly seconds: number;
  };
  /** `caller` rings the one who placed the call (click to call). */
  readonly role: 'caller' | 'callee';
  readonly shown: Presented;
  readonly attempt: Attempt;
}

/** Rings every device of every one of these users that may still be used. */
export async function ringUsers(parts: CallParts, call: Call, options: RingOptions): Promise<ForkResult> {
  const { directories } = parts;
  const directory = directories.current(call.organisationId) ?? (await directories.of(call.organisationId));
  const { who, role, shown, attempt } = options;
  const targets: ForkTarget[] = [];
  const failures: CallFailure[] = [];
  for (const userId of who.userIds) {
    const user = directory?.users.get(userId);
    const registered = parts.registrar.ofUser(userId);
    const except = call.led?.deviceId;
    const bindings = registered.filter((binding) => mayRing(binding, { except, directory, only: who.only }));
    const inScheme = call.secure ? bindings.filter(({ contactUri }) => isSipsUri(contactUri)) : bindings;
    const isUnsafe = inScheme.length === 0 && bindings.length > 0;
    const failure = isUnsafe
      ? sipsNotAllowed(call.domain)
      : whyNot(parts, call, { userId, reachable: user !== undefined && bindings.length > 0 });
    if (failure !== undefined) {
      const callsItself = bindings.length === 0 && registered.some(({ device }) => device.deviceId === except);
      const why = callsItself ? 'The only phone there is makes this call' : failure.reason;
      parts.ladders.note(call, remarks.notRung(user?.displayName ?? 'A user', why));
      failures.push(failure);
    } else if (user !== undefined) for (const flows of chooseFlows(inScheme)) targets.push(deviceTarget(user, flows));
  }
  return new Fork(parts, call, { targets, failures, seconds: who.seconds, role, shown, attempt }).run();
}

function mayRing(
  binding: Binding,
  rule: {
    readonly except: DeviceId | null | undefined;
    readonly directory: Directory | undefined;
    readonly only: PhoneInstance | undefined;
  },
): boolean {
  const { deviceId, sipUsername } = binding.device;
  // A user who calls their own number rings their other devices.
  if (deviceId === rule.except) return false;
  // The news that a device was disabled may still be on its way to its registration.
  if (rule.directory?.devices.get(sipUsername)?.disabled !== false) return false;
  return rule.only === undefined || isInstance(binding, rule.only);
}

function whyNot(
  parts: CallParts,
  call: Call,
  { userId, reachable }: { readonly userId: UserId; readonly reachable: boolean },
): CallFailure | undefined {
  if (!reachable) return NOT_REGISTERED;
  return parts.calls.countOfUser(userId, call) >= LIMITS.callsPerUser ? TOO_MANY_CALLS : undefined;
}

/** One leg for each phone, however many flows lead to it. */
function deviceTarget(user: DirectoryUser, [binding, ...others]: readonly [Binding, ...Binding[]]): ForkTarget {
  return { party: partyOf(user), deviceId: binding.device.deviceId, way: { kind: 'device', binding, others } };
}
