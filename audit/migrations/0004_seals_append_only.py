"""The tables of seals are append-only like the trail; an entry's stamp names the epoch it was written in."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("audit_leaf", "audit_checkpoint", "audit_epoch", "audit_anchor", "audit_verification")

GUARD = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
"""
UNGUARD = """
DROP TRIGGER {table}_no_change ON {table};
DROP TRIGGER {table}_no_truncate ON {table};
"""

STAMP = """
CREATE OR REPLACE FUNCTION audit_stamp() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    kind text;
    actor_name text;
    principal_name text;
BEGIN
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.db_at := clock_timestamp();
    NEW.db_user := session_user;
    NEW.db_client := inet_client_addr();
    NEW.epoch := {epoch};
    SELECT app_label || '.' || model INTO kind FROM django_content_type WHERE id = NEW.content_type_id;
    SELECT {username} INTO actor_name FROM {people} WHERE {key} = NEW.actor_id;
    SELECT {username} INTO principal_name FROM {people} WHERE {key} = NEW.on_behalf_of_id;
    NEW.canon := E'sbs-audit-1\\n'
        || audit_canon_field('id', NEW.id::text)
        || audit_canon_field('epoch', NEW.epoch::text)
        || audit_canon_field('xid', NEW.xid::text)
        || audit_canon_field('db_at', audit_canon_moment(NEW.db_at))
        || audit_canon_field('db_user', NEW.db_user)
        || audit_canon_field('db_client', host(NEW.db_client))
        || audit_canon_field('at', audit_canon_moment(NEW.timestamp))
        || audit_canon_field('kind', kind)
        || audit_canon_field('record', NEW.object_pk)
        || audit_canon_field('called', NEW.object_repr)
        || audit_canon_field('action', NEW.action::text)
        || audit_canon_field('event', NEW.event)
        || audit_canon_field('step', NEW.step)
        || audit_canon_field('reason', NEW.reason)
        || audit_canon_field('actor', NEW.actor_id::text)
        || audit_canon_field('actor_name', actor_name)
        || audit_canon_field('on_behalf_of', NEW.on_behalf_of_id::text)
        || audit_canon_field('on_behalf_of_name', principal_name)
        || audit_canon_field('request', NEW.cid)
        || audit_canon_field('address', host(NEW.remote_addr))
        || audit_canon_field('changes', NEW.changes::text);
    RETURN NEW;
END
$$;
"""
EPOCH_OF_THE_TABLE = "coalesce((SELECT max(number) FROM audit_epoch), 1)"


def _stamp(apps: Apps, schema_editor: BaseDatabaseSchemaEditor, epoch: str) -> None:
    people: Any = apps.get_model(settings.AUTH_USER_MODEL)
    quote = schema_editor.quote_name
    schema_editor.execute(
        STAMP.format(
            people=quote(people._meta.db_table),
            key=quote(people._meta.pk.column),
            username=quote(people._meta.get_field("username").column),
            epoch=epoch,
        ),
        params=None,
    )


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Guard the tables and let the stamp read the epoch."""
    for table in TABLES:
        schema_editor.execute(GUARD.format(table=table), params=None)
    _stamp(apps, schema_editor, EPOCH_OF_THE_TABLE)


def unprotect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take both back."""
    _stamp(apps, schema_editor, "1")
    for table in TABLES:
        schema_editor.execute(UNGUARD.format(table=table), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_seals"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(protect, unprotect)]
