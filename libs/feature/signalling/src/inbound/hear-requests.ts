import type { UserAgent } from '@carillon/sip-stack';
import type { PhoneMessages } from '../messages/phone-messages.js';
import { chooseRole, type RoleParts } from '../roles/choose-role.js';
import type { Lamps } from '../subscriptions/lamps.js';
import { orUnavailable } from './or-unavailable.js';
import { receiveInvite, type InviteParts } from './receive-invite.js';
import { receiveOptions } from './receive-options.js';
import { receiveRegister, type RegisterParts } from './receive-register.js';

export interface RequestParts {
  readonly role: RoleParts;
  readonly invite: InviteParts;
  readonly register: RegisterParts;
  readonly lamps: Lamps;
  readonly messages: PhoneMessages;
}

/** Who answers which request: first it is decided whether it only passes through, then its method decides. */
export function hearRequests(userAgent: UserAgent, { role, invite, register, lamps, messages }: RequestParts): void {
  const { proxiedCalls, registrar } = role;
  userAgent
    .on('route', (routed) => chooseRole(role, routed))
    .on('passing', (passing) => proxiedCalls.passing(passing))
    .on('passed', (passed) => proxiedCalls.passed(passed))
    .on('register', (request) => orUnavailable(request, () => receiveRegister(register, request)))
    .on('invite', (request) =>
      orUnavailable(request, () => proxiedCalls.resume(request) ?? receiveInvite(invite, request)),
    )
    .on('options', (request) => orUnavailable(request, () => receiveOptions(invite, request)))
    .on('subscribe', (request) => orUnavailable(request, () => lamps.receiveSubscribe(request)))
    .on('message', (request) => orUnavailable(request, () => messages.receive(request)))
    .on('publish', (request) => orUnavailable(request, () => lamps.receivePublish(request)));
  registrar.onChange((binding, event) => proxiedCalls.registered(binding, event));
}
