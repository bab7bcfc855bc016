import { defineConfig } from 'prisma/config';

/** For the Prisma CLI alone; the service itself migrates through `src/migrate.ts`. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://carillon@127.0.0.1:5432/carillon' },
});
