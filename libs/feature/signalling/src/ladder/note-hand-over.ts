import type { HandOverTarget } from '../call/actions/hand-over.js';
import type { Call } from '../call/call.js';
import type { Ladders } from './ladders.js';
import { remarks } from './remarks.js';

const LABELS = {
  ivr: 'Menu',
  'leave-voicemail': 'Voicemail',
  'voicemail-menu': 'Voicemail',
  echo: 'Echo test',
} as const;

/** An application of ours takes the call: it has a column from now on. */
export function noteHandOver(ladders: Ladders, call: Call, target: HandOverTarget): void {
  ladders.note(call, remarks.handedOver(columnOf(ladders, call, target), target));
}

/** It does not. */
export function noteNotTaken(
  ladders: Ladders,
  call: Call,
  { target, code }: { target: HandOverTarget; code: string },
): void {
  ladders.note(call, remarks.notTaken(columnOf(ladders, call, target), code));
}

function columnOf(ladders: Ladders, call: Call, target: HandOverTarget): string {
  const label = target.kind === 'room' ? 'Meeting room' : LABELS[target.app.kind];
  return ladders.noteApplication(call, label.toLowerCase().replace(' ', '-'), label);
}
