-- CreateTable
CREATE TABLE "call_ladder" (
    "call_id" UUID NOT NULL,
    "organisation_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "size" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,
    "refused_status" INTEGER,
    "refused_from" TEXT,
    "refused_to" TEXT,

    CONSTRAINT "call_ladder_pkey" PRIMARY KEY ("call_id")
);

-- CreateIndex
CREATE INDEX "call_ladder_organisation_id_created_at_idx" ON "call_ladder"("organisation_id", "created_at");

-- AddForeignKey
ALTER TABLE "call_ladder" ADD CONSTRAINT "call_ladder_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

SELECT carillon_isolate('call_ladder');
-- The documents are compressed already: PostgreSQL need not try again.
ALTER TABLE "call_ladder" ALTER COLUMN "data" SET STORAGE EXTERNAL;
