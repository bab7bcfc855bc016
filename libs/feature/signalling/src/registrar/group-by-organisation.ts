import type { OrganisationId } from '@carillon/domain';
import type { Binding } from './binding.js';

export function groupByOrganisation(bindings: Iterable<Binding>): Map<OrganisationId, Binding[]> {
  const groups = new Map<OrganisationId, Binding[]>();
  for (const binding of bindings) {
    const { organisationId } = binding.device;
    const group = groups.get(organisationId);
    if (group === undefined) groups.set(organisationId, [binding]);
    else group.push(binding);
  }
  return groups;
}
