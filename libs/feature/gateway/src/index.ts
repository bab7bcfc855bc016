export { createHttpApplication } from './create-http-application.js';
export { GatewayModule } from './gateway.module.js';
