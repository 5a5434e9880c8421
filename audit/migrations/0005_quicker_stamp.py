"""The stamp writes the same canonical text in a third of the time: its fields in one expression, without helper functions."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MOMENT = "to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
FIELDS = {
    "id": "NEW.id::text",
    "epoch": "NEW.epoch::text",
    "xid": "NEW.xid::text",
    "db_at": "db_at",
    "db_user": "NEW.db_user",
    "db_client": "client",
    "at": "at",
    "kind": "kind",
    "record": "NEW.object_pk",
    "called": "NEW.object_repr",
    "action": "NEW.action::text",
    "event": "NEW.event",
    "step": "NEW.step",
    "reason": "NEW.reason",
    "actor": "NEW.actor_id::text",
    "actor_name": "actor_name",
    "on_behalf_of": "NEW.on_behalf_of_id::text",
    "on_behalf_of_name": "principal_name",
    "request": "NEW.cid",
    "address": "address",
    "changes": "changes",
}
# NULL in any part makes the whole part NULL, and that is told apart from a text of length 0.
CANON = " || ".join(
    f"coalesce('{label}=' || octet_length({value}) || ':' || {value}, '{label}=-') || E'\\n'"
    for label, value in FIELDS.items()
)

STAMP = """
CREATE OR REPLACE FUNCTION audit_stamp() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    kind text;
    actor_name text;
    principal_name text;
    db_at text;
    at text := {at};
    client text := host(inet_client_addr());
    address text := host(NEW.remote_addr);
    changes text := NEW.changes::text;
BEGIN
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.db_at := clock_timestamp();
    NEW.db_user := session_user;
    NEW.db_client := inet_client_addr();
    NEW.epoch := coalesce((SELECT max(number) FROM audit_epoch), 1);
    db_at := {db_at};
    SELECT app_label || '.' || model INTO kind FROM django_content_type WHERE id = NEW.content_type_id;
    IF NEW.actor_id IS NOT NULL THEN
        SELECT {username} INTO actor_name FROM {people} WHERE {key} = NEW.actor_id;
    END IF;
    IF NEW.on_behalf_of_id IS NOT NULL THEN
        SELECT {username} INTO principal_name FROM {people} WHERE {key} = NEW.on_behalf_of_id;
    END IF;
    NEW.canon := E'sbs-audit-1\\n' || {canon};
    RETURN NEW;
END
$$;
"""


def quicken(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Replace the function; entries, triggers and text stay as they are."""
    people: Any = apps.get_model(settings.AUTH_USER_MODEL)
    quote = schema_editor.quote_name
    schema_editor.execute(
        STAMP.format(
            people=quote(people._meta.db_table),
            key=quote(people._meta.pk.column),
            username=quote(people._meta.get_field("username").column),
            at=MOMENT.format(moment="NEW.timestamp"),
            db_at=MOMENT.format(moment="NEW.db_at"),
            canon=CANON,
        ),
        params=None,
    )


def slow_down(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The function of the migration before."""
    before = import_module("audit.migrations.0004_seals_append_only")
    before._stamp(apps, schema_editor, before.EPOCH_OF_THE_TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_seals_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(quicken, slow_down)]
