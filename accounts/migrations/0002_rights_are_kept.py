"""Rights are history: a granted or lent role is only ever ended, and no row of it disappears."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION accounts_right_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a % row is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.revoked_at IS NOT NULL
       OR to_jsonb(NEW) - '{revoked_at,revoked_by_id}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{revoked_at,revoked_by_id}'::text[]
    THEN
        RAISE EXCEPTION 'a % row is never changed, only ended once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_grant_only_ends BEFORE UPDATE OR DELETE ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION accounts_right_only_ends();
CREATE TRIGGER accounts_delegation_only_ends BEFORE UPDATE OR DELETE ON accounts_delegation
    FOR EACH ROW EXECUTE FUNCTION accounts_right_only_ends();
"""
BACKWARDS = """
DROP TRIGGER accounts_delegation_only_ends ON accounts_delegation;
DROP TRIGGER accounts_grant_only_ends ON accounts_grant;
DROP FUNCTION accounts_right_only_ends();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
