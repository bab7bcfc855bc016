-- AlterTable
ALTER TABLE "trunk" ADD COLUMN     "keys_in_clear" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "media_encryption" TEXT NOT NULL DEFAULT 'none';
