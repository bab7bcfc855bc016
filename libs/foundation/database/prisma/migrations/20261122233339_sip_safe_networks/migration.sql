-- CreateTable
CREATE TABLE "sip_safe_network" (
    "id" UUID NOT NULL,
    "network" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,
    "added_by_user_id" UUID NOT NULL,
    "added_by_name" TEXT NOT NULL,
    "added_in" UUID NOT NULL,

    CONSTRAINT "sip_safe_network_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sip_safe_network_network_key" ON "sip_safe_network"("network");

-- Of the whole installation, as meta is: no organisation sees it, whatever its scope.
ALTER TABLE sip_safe_network ENABLE ROW LEVEL SECURITY;
ALTER TABLE sip_safe_network FORCE ROW LEVEL SECURITY;
CREATE POLICY whole_system ON sip_safe_network TO carillon_system USING (true) WITH CHECK (true);
GRANT SELECT ON sip_safe_network TO carillon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_safe_network TO carillon_system;
