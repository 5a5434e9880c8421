"""What is said of published seals is bounded by the tree: a seal that does not exist was published nowhere.

The program notes e-mails; files and time stamps are noted by whoever may write seals. The functions of the trail look names up
in the schema of the tables alone.
"""

from __future__ import annotations

from django.db import migrations

BIND = """
CREATE FUNCTION audit_bind_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE number = NEW.checkpoint) THEN
        RAISE EXCEPTION 'There is no seal %.', NEW.checkpoint USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind <> 'mail' AND NOT has_table_privilege('audit_leaf', 'INSERT') THEN
        RAISE EXCEPTION 'Only the sealer notes a published seal of this kind: %.', NEW.kind
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.at := least(NEW.at, clock_timestamp());
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_anchor_bound BEFORE INSERT ON audit_anchor
    FOR EACH ROW EXECUTE FUNCTION audit_bind_anchor();
ALTER TABLE audit_anchor ENABLE ALWAYS TRIGGER audit_anchor_bound;
ALTER FUNCTION audit_bind_anchor() SET search_path TO public, pg_temp;
ALTER FUNCTION audit_stamp() SET search_path TO public, pg_temp;
"""
UNBIND = """
ALTER FUNCTION audit_stamp() SET search_path FROM CURRENT;
DROP TRIGGER audit_anchor_bound ON audit_anchor;
DROP FUNCTION audit_bind_anchor();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_months_of_seals"),
    ]

    operations = [migrations.RunSQL(BIND, UNBIND)]
