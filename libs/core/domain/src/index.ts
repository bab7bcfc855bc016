export * from './ids.js';
export * from './numbers.js';
export * from './roles.js';
