#!/usr/bin/env node
// `npm start`. This first file keeps to old syntax and imports nothing, so that an old Node can read it and say so.
var required = [20, 19];
var running = process.versions.node.split('.').map(Number);

if (running[0] < required[0] || (running[0] === required[0] && running[1] < required[1])) {
  console.error(
    'Carillon needs Node ' + required.join('.') + ' or newer, and this is Node ' + process.versions.node + '.',
  );
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
