-- CreateTable
CREATE TABLE "trunk" (
    "id" UUID NOT NULL,
    "organisation_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "host" TEXT NOT NULL,
    "port" INTEGER,
    "transport" TEXT NOT NULL DEFAULT 'udp',
    "username" TEXT,
    "password_sealed" TEXT,
    "registers" BOOLEAN NOT NULL DEFAULT false,
    "source_addresses" TEXT[],
    "challenges" BOOLEAN NOT NULL DEFAULT false,
    "trusted" BOOLEAN NOT NULL DEFAULT false,
    "max_calls" INTEGER NOT NULL DEFAULT 20,
    "max_calls_per_second" INTEGER NOT NULL DEFAULT 5,
    "outbound" JSONB NOT NULL DEFAULT '[]',
    "inbound" JSONB NOT NULL DEFAULT '[]',
    "default_extension" TEXT,
    "caller_number" TEXT NOT NULL DEFAULT '',
    "caller_identity" TEXT NOT NULL DEFAULT 'main',
    "priority" INTEGER NOT NULL DEFAULT 10,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trunk_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "trunk_organisation_id_name_key" ON "trunk"("organisation_id", "name");

-- AddForeignKey
ALTER TABLE "trunk" ADD CONSTRAINT "trunk_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

SELECT carillon_isolate('trunk');
