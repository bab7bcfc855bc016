-- Isolation of organisations. The service's connections act as carillon_app, which sees the rows of the organisation
-- that the transaction names in carillon.organisation, and none without it. Work for no single organisation (login by
-- email, start) switches to carillon_system. Neither is a superuser, owns a table, or may alter an audit entry.

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['carillon_app', 'carillon_system'] LOOP
    -- Roles belong to the server, not to the database: another installation may have made them.
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', wanted);
    END IF;
    IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', wanted);
  END LOOP;
END
$$;

-- The organisation of this transaction; null outside one.
CREATE FUNCTION carillon_organisation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('carillon.organisation', true), '')::uuid $$;

-- A row may only refer to rows of its own organisation. Foreign keys do not see to that, since they look past row-level
-- security. Arguments: the referenced table, the referring column.
CREATE FUNCTION carillon_check_reference() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  target text := to_jsonb(NEW) ->> TG_ARGV[1];
  found boolean;
BEGIN
  IF target IS NULL THEN
    RETURN NEW;
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE id = $1 AND organisation_id = $2)', TG_ARGV[0])
    INTO found USING target::uuid, NEW.organisation_id;
  IF NOT found THEN
    RAISE EXCEPTION '%.% refers to nothing in its organisation', TG_TABLE_NAME, TG_ARGV[1]
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NEW;
END
$$;

-- Shuts a table with an organisation_id. Every migration that adds such a table, or a reference to one, calls it (again).
CREATE FUNCTION carillon_isolate(isolated regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  reference record;
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
  EXECUTE format('DROP POLICY IF EXISTS own_organisation ON %s', isolated);
  -- The scalar subquery is evaluated once per statement, and lets an index on organisation_id be used.
  EXECUTE format('CREATE POLICY own_organisation ON %s TO carillon_app
                  USING (organisation_id = (SELECT carillon_organisation()))
                  WITH CHECK (organisation_id = (SELECT carillon_organisation()))', isolated);
  EXECUTE format('DROP POLICY IF EXISTS whole_system ON %s', isolated);
  EXECUTE format('CREATE POLICY whole_system ON %s TO carillon_system USING (true) WITH CHECK (true)', isolated);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO carillon_app, carillon_system', isolated);

  FOR reference IN
    SELECT c.conname, c.confrelid::regclass AS parent, a.attname AS child_column
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.conrelid = isolated AND c.confrelid <> 'organisation'::regclass
  LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'own_' || reference.child_column, isolated);
    EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE OF %I, organisation_id ON %s
                    FOR EACH ROW EXECUTE FUNCTION carillon_check_reference(%L, %L)',
                   'own_' || reference.child_column, reference.child_column, isolated,
                   reference.parent::text, reference.child_column);
  END LOOP;
END
$$;

DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT format('%I.%I', table_schema, table_name)::regclass AS isolated
    FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'organisation_id'
  LOOP
    PERFORM carillon_isolate(found.isolated);
  END LOOP;
END
$$;

-- An organisation sees and edits itself; only the system makes and removes organisations.
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON organisation TO carillon_app
  USING (id = (SELECT carillon_organisation())) WITH CHECK (id = (SELECT carillon_organisation()));
CREATE POLICY whole_system ON organisation TO carillon_system USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON organisation TO carillon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON organisation TO carillon_system;

ALTER TABLE meta ENABLE ROW LEVEL SECURITY;
ALTER TABLE meta FORCE ROW LEVEL SECURITY;
CREATE POLICY whole_system ON meta TO carillon_system USING (true) WITH CHECK (true);
GRANT SELECT ON meta TO carillon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON meta TO carillon_system;

-- What was done stays written.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM carillon_app, carillon_system;
