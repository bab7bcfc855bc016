export * from './device-profile.js';
export * from './hold-music-file.js';
export * from './ids.js';
export * from './ip-address.js';
export * from './ip-network.js';
export * from './numbers.js';
export * from './roles.js';
export * from './media-encryption.js';
