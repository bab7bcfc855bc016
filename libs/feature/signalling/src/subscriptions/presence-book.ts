import type { Presence } from '@carillon/contracts';
import type { OrganisationId, UserId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';

/** What the product knows of people's presence: asked for once per organisation, then kept by events. */
export class PresenceBook {
  private readonly organisations = new Map<OrganisationId, Map<UserId, Presence>>();
  private readonly loading = new Map<OrganisationId, Promise<void>>();

  constructor(private readonly bus: Pick<Bus, 'call'>) {}

  /** Rejects when nobody answers. */
  async load(organisationId: OrganisationId): Promise<void> {
    if (this.organisations.has(organisationId)) return;
    const running = this.loading.get(organisationId) ?? this.fetch(organisationId);
    this.loading.set(organisationId, running);
    try {
      await running;
    } finally {
      this.loading.delete(organisationId);
    }
  }

  hear(organisationId: OrganisationId, presence: Presence): void {
    this.organisations.get(organisationId)?.set(presence.userId, presence);
  }

  find(organisationId: OrganisationId, userId: UserId): Presence | undefined {
    return this.organisations.get(organisationId)?.get(userId);
  }

  private async fetch(organisationId: OrganisationId): Promise<void> {
    const answer = await this.bus.call('presence.list', { organisationId });
    if (!answer.ok) throw new Error('Presence cannot be listed');
    this.organisations.set(organisationId, new Map(answer.presences.map((one) => [one.userId, one])));
  }
}
