-- CreateTable
CREATE TABLE "sip_ban" (
    "source" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "domain" TEXT,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "times" INTEGER NOT NULL,
    "dropped" INTEGER NOT NULL DEFAULT 0,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by_user_id" UUID,
    "lifted_by_name" TEXT,
    "lifted_in" UUID,

    CONSTRAINT "sip_ban_pkey" PRIMARY KEY ("source")
);

-- Of the whole installation, as meta is: no organisation sees it, whatever its scope.
ALTER TABLE sip_ban ENABLE ROW LEVEL SECURITY;
ALTER TABLE sip_ban FORCE ROW LEVEL SECURITY;
CREATE POLICY whole_system ON sip_ban TO carillon_system USING (true) WITH CHECK (true);
GRANT SELECT ON sip_ban TO carillon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_ban TO carillon_system;
