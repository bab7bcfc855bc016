import { Module } from '@nestjs/common';
import { Prompts } from './prompts.js';

/** Gives `Prompts` to the modules that import it: one voice per process. Needs the runtime module. */
@Module({ providers: [Prompts], exports: [Prompts] })
export class PromptsModule {}
