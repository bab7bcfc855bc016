-- AlterTable
ALTER TABLE "registration_binding" ADD COLUMN     "allow" TEXT;
