export { ConferencingModule } from './conferencing-module.js';
