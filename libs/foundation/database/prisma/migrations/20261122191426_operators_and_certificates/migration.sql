-- AlterTable
ALTER TABLE "user" ADD COLUMN     "is_operator" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "sip_certificate" (
    "id" UUID NOT NULL,
    "chain" TEXT NOT NULL,
    "key_sealed" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "uploaded_by_user_id" UUID NOT NULL,
    "uploaded_by_name" TEXT NOT NULL,

    CONSTRAINT "sip_certificate_pkey" PRIMARY KEY ("id")
);

-- Who set the installation up looks after it: the first admin of its first organisation.
SET ROLE carillon_system;
UPDATE "user" SET is_operator = true WHERE id = (
  SELECT u.id FROM "user" u JOIN organisation o ON o.id = u.organisation_id
  WHERE u.role = 'admin' AND u.disabled_at IS NULL ORDER BY o.created_at, o.id, u.created_at, u.id LIMIT 1
);
RESET ROLE;

-- Two at once would leave it to chance which of them is shown.
CREATE UNIQUE INDEX sip_certificate_one_default ON sip_certificate (is_default) WHERE is_default;

-- Of the whole installation, as meta is: no organisation sees it, whatever its scope.
ALTER TABLE sip_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE sip_certificate FORCE ROW LEVEL SECURITY;
CREATE POLICY whole_system ON sip_certificate TO carillon_system USING (true) WITH CHECK (true);
GRANT SELECT ON sip_certificate TO carillon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_certificate TO carillon_system;
