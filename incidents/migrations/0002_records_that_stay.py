"""The database itself refuses to change or remove evidence, its hand-overs and notices: they are only added."""

from __future__ import annotations

from django.db import migrations

TABLES = ("evidence", "handover", "notice")

FUNCTION = """
CREATE FUNCTION incidents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are only added: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
"""


def trigger(table: str) -> str:
    """The guard of one table; it holds in every session, also where ordinary triggers are switched off."""
    name = f"incidents_{table}"
    return (
        f"CREATE TRIGGER {name}_stays BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION incidents_refuse_change();"
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_stays;"
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION incidents_refuse_change();"),
        *(
            migrations.RunSQL(trigger(table), f"DROP TRIGGER incidents_{table}_stays ON incidents_{table};")
            for table in TABLES
        ),
    ]
