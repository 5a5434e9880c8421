"""The pages a Word file was set on, fixed with its content; and which pages were given out to a reader as they look."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

FORWARDS = """
CREATE OR REPLACE FUNCTION security_docs_version_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of a document is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.document_id <> NEW.document_id OR OLD.number <> NEW.number THEN
        RAISE EXCEPTION 'a version stays with its document and number' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (
        OLD.body <> NEW.body OR OLD.upload_id IS DISTINCT FROM NEW.upload_id OR OLD.extracted <> NEW.extracted
        OR OLD.laid_out_id IS DISTINCT FROM NEW.laid_out_id OR OLD.laid_out_text <> NEW.laid_out_text
        OR OLD.page_count <> NEW.page_count OR (OLD.sha256 <> NEW.sha256 AND NEW.state <> 'draft')
    ) THEN
        RAISE EXCEPTION 'the content of a % version no longer changes', OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('retired', 'discarded') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'a % version stays so', OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BACKWARDS = """
CREATE OR REPLACE FUNCTION security_docs_version_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("processes", "0008_queues_tell_confidential"),
        ("security_docs", "0003_paper_and_reviews"),
    ]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="pages_opened",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveIntegerField(),
                blank=True,
                default=list,
                help_text="For pages that are pictures: they count as seen only once they were really opened.",
                size=None,
                verbose_name="pages given out as they look",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="laid_out",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="processes.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="laid_out_text",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
