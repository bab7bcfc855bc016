-- AlterTable
ALTER TABLE "trunk" ADD COLUMN     "clear_fallback" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "next_trunk_statuses" TEXT[] DEFAULT ARRAY['401', '402', '403', '407', '408', '415', '420', '421', '430', '439', '482', '483', '488', '494', '5xx']::TEXT[];
