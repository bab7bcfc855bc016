-- From PostgreSQL 16 on, whoever makes a role administers it but may not act as it until granted so. Superusers may anyway.
DO $$
DECLARE
  wanted text;
BEGIN
  IF current_setting('server_version_num')::int < 160000 THEN
    RETURN;
  END IF;
  FOREACH wanted IN ARRAY ARRAY['carillon_app', 'carillon_system'] LOOP
    IF NOT pg_has_role(current_user, wanted, 'SET') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER WITH SET TRUE', wanted);
    END IF;
  END LOOP;
END
$$;
