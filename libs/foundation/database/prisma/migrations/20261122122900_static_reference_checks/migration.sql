-- References are checked row by row (see the migration "isolation"). A check whose statement is written out once is
-- planned once for each connection; one put together for each row cost more than the rest of a write.

-- Makes the check of one reference, and its trigger.
CREATE FUNCTION carillon_guard_reference(child regclass, child_column name, parent regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  guard text := format('carillon_own_%s_%s', (SELECT relname FROM pg_class WHERE oid = child), child_column);
BEGIN
  EXECUTE format($function$
    CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      IF NEW.%2$I IS NULL
        OR EXISTS (SELECT 1 FROM %3$s WHERE id = NEW.%2$I AND organisation_id = NEW.organisation_id) THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION '%%.%% refers to nothing in its organisation', TG_TABLE_NAME, %2$L
        USING ERRCODE = 'foreign_key_violation';
    END
    $body$ $function$, guard, child_column, parent);
  EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'own_' || child_column, child);
  EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE OF %I, organisation_id ON %s
                  FOR EACH ROW EXECUTE FUNCTION %I()', 'own_' || child_column, child_column, child, guard);
END
$$;

-- As before, with the new checks.
CREATE OR REPLACE FUNCTION carillon_isolate(isolated regclass) RETURNS void LANGUAGE plpgsql AS $$
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
    SELECT c.confrelid::regclass AS parent, a.attname AS child_column
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.conrelid = isolated AND c.confrelid <> 'organisation'::regclass
  LOOP
    PERFORM carillon_guard_reference(isolated, reference.child_column, reference.parent);
  END LOOP;
END
$$;

-- Every check that there is.
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT c.conrelid::regclass AS child, a.attname AS child_column, c.confrelid::regclass AS parent
    FROM pg_trigger t
    JOIN pg_constraint c ON c.conrelid = t.tgrelid AND c.contype = 'f'
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE t.tgname = 'own_' || a.attname AND c.confrelid <> 'organisation'::regclass
  LOOP
    PERFORM carillon_guard_reference(found.child, found.child_column, found.parent);
  END LOOP;
END
$$;

DROP FUNCTION carillon_check_reference();
