import { addToContracts } from './contract-map.mjs';
import { splitDotted } from './names.mjs';

const IMPORTS = `import { OrganisationId } from '@carillon/domain';
import { z } from 'zod';
`;

/**
 * Adds an event to the contracts.
 *
 * @param {string} workspace
 * @param {string} name `call.parked`
 * @returns {{ written: string[], next: string[] }}
 */
export function newEvent(workspace, name) {
  const { noun } = splitDotted(name, 'call.parked');
  const entry = 'z.object({ organisationId: OrganisationId })';
  const written = addToContracts(workspace, { name, noun, kind: 'Events', entry, imports: IMPORTS });
  return {
    written,
    next: [`say what ${name} carries, in ${written[0]}`, `bus.publish('${name}', …) where it happens`],
  };
}
