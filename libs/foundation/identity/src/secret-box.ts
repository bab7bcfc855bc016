import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '@carillon/service-runtime';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/**
 * Encrypts what must be readable again (room PINs, guest links), with a key that lives beside the database, not in it.
 *
 *     v1.<base64url of  nonce (12 bytes) | tag (16) | ciphertext>
 */
export class SecretBox {
  constructor(private readonly key: Buffer) {
    if (key.length !== KEY_BYTES) throw new TypeError(`A key has ${KEY_BYTES} bytes, not ${key.length}`);
  }

  /** The installation's key, made on first use: `<data>/secrets/box-key`, mode 0600. */
  static open(dataDir: string): SecretBox {
    const folder = join(dataDir, 'secrets');
    const file = join(folder, 'box-key');
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    }
    return new SecretBox(Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url'));
  }

  /** 32 octets that are the same after a restart, and tell nothing of the key or of those for another purpose. */
  derive(purpose: string): Buffer {
    return createHmac('sha256', this.key).update(`derive ${purpose}`).digest();
  }

  /** @param purpose bound into the result: what was sealed for one purpose does not open for another */
  seal(secret: string, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce).setAAD(Buffer.from(purpose));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`;
  }

  /** @throws {CodedError} `IDENTITY.SECRET_UNREADABLE` where the key, the purpose or the text is not the one it was sealed with */
  unseal(sealed: string, purpose: string): string {
    const [version, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    try {
      if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) throw new TypeError('Not a sealed secret');
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv(ALGORITHM, this.key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
      return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (error) {
      throw new CodedError(
        'IDENTITY.SECRET_UNREADABLE',
        'A stored secret cannot be read: was <data>/secrets replaced?',
        undefined,
        {
          cause: error,
        },
      );
    }
  }
}
