// `node --conditions=@carillon/source --import <this file>`: runs TypeScript from source, and `@carillon/*` packages
// from theirs. Worker threads and forks inherit it by their execArgv.
import { register } from 'node:module';
import process from 'node:process';

register('./hooks.mjs', import.meta.url);

// Stack traces name lines of the source. Vitest maps them itself, and mapping twice names wrong ones.
if (!process.env.VITEST) process.setSourceMapsEnabled(true);
