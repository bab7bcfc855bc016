export { Prompts } from './prompts.js';
export { PromptsModule } from './prompts-module.js';
export { sayDigits, speakableText } from './speakable-text.js';
