"""What people approve and sign does not change afterwards, and a signature is given to the version in force.

The database holds it, so that no door, command or console goes round the services.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION security_docs_version_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of a document is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.document_id <> NEW.document_id OR OLD.number <> NEW.number THEN
        RAISE EXCEPTION 'a version stays with its document and number' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (
        OLD.body <> NEW.body OR OLD.upload_id IS DISTINCT FROM NEW.upload_id OR OLD.extracted <> NEW.extracted
        OR OLD.page_count <> NEW.page_count OR (OLD.sha256 <> NEW.sha256 AND NEW.state <> 'draft')
    ) THEN
        RAISE EXCEPTION 'the content of a % version no longer changes', OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('retired', 'discarded') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'a % version stays so', OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER security_docs_version_is_fixed BEFORE UPDATE OR DELETE ON security_docs_version
    FOR EACH ROW EXECUTE FUNCTION security_docs_version_is_fixed();

CREATE FUNCTION security_docs_reading_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing record;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a signed reading no longer changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.signed_at IS NOT NULL THEN
        SELECT state, sha256 INTO standing FROM security_docs_version WHERE id = NEW.version_id FOR SHARE;
        IF standing.sha256 <> NEW.signed_hash
            OR NOT (standing.state = 'published' OR (standing.state = 'retired' AND NEW.paper_id IS NOT NULL)) THEN
            RAISE EXCEPTION 'only the content in force is signed' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER security_docs_reading_is_kept BEFORE INSERT OR UPDATE OR DELETE ON security_docs_reading
    FOR EACH ROW EXECUTE FUNCTION security_docs_reading_is_kept();
"""
BACKWARDS = """
DROP TRIGGER security_docs_reading_is_kept ON security_docs_reading;
DROP FUNCTION security_docs_reading_is_kept();
DROP TRIGGER security_docs_version_is_fixed ON security_docs_version;
DROP FUNCTION security_docs_version_is_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("security_docs", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
