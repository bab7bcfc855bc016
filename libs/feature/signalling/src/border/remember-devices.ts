import type { Binding } from '../registrar/binding.js';
import type { Registrar } from '../registrar/registrar.js';
import { socketOf } from '../registrar/socket-of.js';
import type { Border } from './border.js';

/** Where phones are registered, good devices are: those that were before, and those that register in another process. */
export function rememberDevices(border: Border, registrar: Registrar): void {
  const remember = (binding: Binding): void => {
    const socket = socketOf(binding);
    if (socket !== undefined) border.remember(socket);
  };
  for (const binding of registrar.all()) remember(binding);
  registrar.onChange((binding, event, here) => {
    if (!here && event === 'added') remember(binding);
  });
}
