import { type DynamicModule, Module } from '@nestjs/common';
import { Settings } from '@carillon/service-runtime';
import { Audit } from './audit.js';
import { Login } from './login.js';
import { LoginThrottle } from './login-throttle.js';
import { SecretBox } from './secret-box.js';
import { Sessions } from './sessions.js';

/** Gives every module `Sessions`, `Login`, `LoginThrottle`, `Audit` and `SecretBox`. */
@Module({})
export class IdentityModule {
  static forRoot(): DynamicModule {
    const services = [Sessions, Login, LoginThrottle, Audit];
    return {
      module: IdentityModule,
      global: true,
      providers: [
        ...services,
        {
          provide: SecretBox,
          inject: [Settings],
          useFactory: (settings: Settings) => SecretBox.open(settings.dataDir),
        },
      ],
      exports: [...services, SecretBox],
    };
  }
}
