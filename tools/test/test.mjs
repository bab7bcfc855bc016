#!/usr/bin/env node
// `npm test [stage …]`. Old syntax here, so that an old Node can read it and say so.
import { refuseOldNode } from '../system/refuse-old-node.mjs';

var refusal = refuseOldNode();
if (refusal) {
  console.error(refusal);
  process.exitCode = 1;
} else {
  import('./run-stages.mjs')
    .then(function (module) {
      return module.runStages(process.argv.slice(2));
    })
    .catch(function (error) {
      console.error(error);
      process.exitCode = 1;
    });
}
