export { VoiceAppsModule } from './voice-apps-module.js';
