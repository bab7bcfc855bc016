#!/usr/bin/env node
// `npm run new <what> <name> …`: adds a lib, a command or an event in one step.
import process from 'node:process';
import { WORKSPACE } from '../start/workspace.mjs';
import { newCommand } from './new-command.mjs';
import { newEvent } from './new-event.mjs';
import { newLib } from './new-lib.mjs';

const USAGE = `Usage:
  npm run new lib feature/parking                     a lib: protocol/, engine/, core/, foundation/ or feature/
  npm run new command call.park [feature/signalling]  a command (noun.imperative) and the feature that handles it
  npm run new event call.parked                       an event (noun.past)`;

const GENERATORS = { lib: newLib, command: newCommand, event: newEvent };
const [what, name, ...rest] = process.argv.slice(2);

if (!Object.hasOwn(GENERATORS, what ?? '') || !name) {
  console.error(USAGE);
  process.exitCode = 1;
} else {
  try {
    const { written, next } = GENERATORS[what](WORKSPACE, name, ...rest);
    for (const path of written) console.log(`wrote ${path}`);
    for (const line of next) console.log(`next: ${line}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
