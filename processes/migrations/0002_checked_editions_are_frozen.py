"""Cases rest on editions of the catalogue: once checked, an edition and its steps no longer change.

The database holds it, so that no door, command or console goes round the gate of `processes.approval`. Only state,
version and the names under the form move on, and only the way the form is signed.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION processes_definition_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signing text[] := '{state,version,checked_by_id,checked_at,approved_by_id,approved_at}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'an edition begins as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a % edition is not deleted', OLD.state USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state IN ('approved', 'retired') THEN
        signing := '{state,version}';
    END IF;
    IF OLD.state <> 'draft' AND to_jsonb(NEW) - signing IS DISTINCT FROM to_jsonb(OLD) - signing THEN
        RAISE EXCEPTION 'a % edition no longer changes', OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'draft' AND NEW.state = 'checked' AND NEW.checked_by_id IS NOT NULL)
        OR (OLD.state = 'draft' AND NEW.state = 'approved' AND NEW.prepared_by_id IS NULL)
        OR (OLD.state = 'draft' AND NEW.state = 'retired')
        OR (OLD.state = 'checked' AND NEW.state = 'approved' AND NEW.approved_by_id IS NOT NULL)
        OR (OLD.state = 'checked' AND NEW.state IN ('draft', 'retired'))
        OR (OLD.state = 'approved' AND NEW.state = 'retired')
    ) THEN
        RAISE EXCEPTION 'an edition does not go from % to % this way', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER processes_definition_is_signed BEFORE INSERT OR UPDATE OR DELETE ON processes_definition
    FOR EACH ROW EXECUTE FUNCTION processes_definition_is_signed();

CREATE FUNCTION processes_step_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT state INTO standing FROM processes_definition WHERE id = OLD.definition_id FOR SHARE;
        IF standing <> 'draft' THEN
            RAISE EXCEPTION 'the steps of a % edition no longer change', standing USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT state INTO standing FROM processes_definition WHERE id = NEW.definition_id FOR SHARE;
    IF standing <> 'draft' THEN
        RAISE EXCEPTION 'the steps of a % edition no longer change', standing USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER processes_step_of_a_draft BEFORE INSERT OR UPDATE OR DELETE ON processes_stepdefinition
    FOR EACH ROW EXECUTE FUNCTION processes_step_of_a_draft();
"""
BACKWARDS = """
DROP TRIGGER processes_step_of_a_draft ON processes_stepdefinition;
DROP FUNCTION processes_step_of_a_draft();
DROP TRIGGER processes_definition_is_signed ON processes_definition;
DROP FUNCTION processes_definition_is_signed();
"""


class Migration(migrations.Migration):
    dependencies = [("processes", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
