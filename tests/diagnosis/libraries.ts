import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** jsonwebtoken brings no types. */
export const jsonwebtoken = require('jsonwebtoken') as {
  sign(claims: object, secret: string | Buffer, options?: Record<string, unknown>): string;
};
