#!/usr/bin/env node
// Everything that `npm start` prepares, without starting: for images and for a first look at a checkout.
import process from 'node:process';
import { prepare } from './prepare.mjs';

try {
  await prepare({ web: true });
} catch (error) {
  console.error(`Carillon could not be prepared. ${error.message}`);
  process.exitCode = 1;
}
