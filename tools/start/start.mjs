#!/usr/bin/env node
// `npm start`. This first file keeps to old syntax, so that an old Node can read it and say so.
import { refuseOldNode } from '../system/refuse-old-node.mjs';

var refusal = refuseOldNode();
if (refusal) {
  console.error(refusal);
  process.exitCode = 1;
} else {
  import('./run-carillon.mjs')
    .then(function (module) {
      return module.runCarillon();
    })
    .catch(function (error) {
      console.error(error);
      process.exitCode = 1;
    });
}
