-- DropIndex: a refresh that moves an indexed column would have to write every index.
DROP INDEX "registration_binding_device_id_contact_uri_key";
DROP INDEX "registration_binding_expires_at_idx";

-- AlterTable
ALTER TABLE "organisation" ADD COLUMN     "gruu_key" UUID NOT NULL DEFAULT gen_random_uuid();

-- AlterTable
ALTER TABLE "registration_binding" ADD COLUMN     "behind_nat" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "binding_key" TEXT,
ADD COLUMN     "contact" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "gruu_id" TEXT;

-- What was registered before has its contact for a key.
UPDATE "registration_binding" SET "binding_key" = "contact_uri";
ALTER TABLE "registration_binding" ALTER COLUMN "binding_key" SET NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "registration_binding_device_id_binding_key_key" ON "registration_binding"("device_id", "binding_key");

-- Room on each page for the new version of a refreshed row, which then needs no index entry of its own.
ALTER TABLE "registration_binding" SET (fillfactor = 70);
