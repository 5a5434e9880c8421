"""What was done in the dossiers of breaches as one view over the tables that keep it."""

from django.conf import settings
from django.db import migrations, models

# Every part begins at an index on the breach; the texts have one type, so that the question reaches each table by itself.
VIEW = """
CREATE VIEW incidents_happening AS
    SELECT 'evidence-' || id AS key, breach_id, 'evidence'::text AS kind, collected_at AS at,
        position || '. ' || title AS subject, place::text AS detail, ''::text AS code, collected_by_id AS by_id
    FROM incidents_evidence
    UNION ALL
    SELECT 'handover-' || link.id, piece.breach_id, 'handover'::text, link.handed_at,
        piece.position || '. ' || piece.title, link.giver || ' → ' || link.receiver || ': ' || link.reason, ''::text,
        link.recorded_by_id
    FROM incidents_handover link JOIN incidents_evidence piece ON piece.id = link.evidence_id
    UNION ALL
    SELECT 'task-' || id, breach_id, 'task'::text, settled_at, text::text, note, outcome::text, settled_by_id
    FROM incidents_task WHERE outcome <> ''
    UNION ALL
    SELECT 'notice-' || id, breach_id, 'notice'::text, sent_at, ''::text,
        way || CASE WHEN reference = '' THEN '' ELSE ' · ' || reference END, addressee::text, recorded_by_id
    FROM incidents_notice
    UNION ALL
    SELECT 'silence-' || id, breach_id, 'silence'::text, proposed_at, ''::text, reason, 'proposed'::text, proposed_by_id
    FROM incidents_silence
    UNION ALL
    SELECT 'silence-answer-' || id, breach_id, 'silence'::text, answered_at, ''::text, answer,
        CASE WHEN is_approved THEN 'signed' ELSE 'sent_back' END, answered_by_id
    FROM incidents_silence WHERE answered_at IS NOT NULL
    UNION ALL
    SELECT 'barrier-' || id, breach_id, 'barrier'::text, verified_at, text, finding,
        CASE WHEN holds THEN 'holds' ELSE 'fails' END, verified_by_id
    FROM incidents_barrier WHERE verified_at IS NOT NULL
    UNION ALL
    SELECT 'review-' || id, breach_id, 'review'::text, held_on::timestamp AT TIME ZONE 'Europe/Istanbul', ''::text,
        lessons, ''::text, held_by_id
    FROM incidents_review WHERE held_on IS NOT NULL
    UNION ALL
    SELECT 'action-' || action.id, review.breach_id, 'action'::text, action.done_at, action.text::text, action.result,
        ''::text, action.done_by_id
    FROM incidents_reviewaction action JOIN incidents_review review ON review.id = action.review_id
    WHERE action.done_at IS NOT NULL
    UNION ALL
    SELECT 'sanction-' || id, breach_id, 'sanction'::text, recorded_at, ''::text,
        decided_by || CASE WHEN reference = '' THEN '' ELSE ' · ' || reference END, kind::text, recorded_by_id
    FROM incidents_sanction
    UNION ALL
    SELECT 'alert-' || id, breach_id, 'alert'::text, told_at, ''::text, ''::text, 'told'::text, person_id
    FROM incidents_alert
    UNION ALL
    SELECT 'alert-taken-' || id, breach_id, 'alert'::text, acknowledged_at, ''::text, ''::text, 'taken'::text,
        acknowledged_by_id
    FROM incidents_alert WHERE acknowledged_at IS NOT NULL
    UNION ALL
    SELECT 'alert-passed-on-' || id, breach_id, 'alert'::text, passed_on_at, ''::text, ''::text, 'passed_on'::text,
        NULL::bigint
    FROM incidents_alert WHERE passed_on_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0004_what_is_due"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Happening",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("evidence", "Evidence secured"),
                            ("handover", "Evidence handed over"),
                            ("task", "Task settled"),
                            ("notice", "Notice recorded"),
                            ("silence", "Decision not to notify"),
                            ("barrier", "Barrier looked at"),
                            ("review", "Review held"),
                            ("action", "Action of a review carried out"),
                            ("sanction", "Sanction recorded"),
                            ("alert", "Alert"),
                        ],
                        max_length=8,
                        verbose_name="what it was",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("subject", models.TextField(verbose_name="what it is about")),
                ("detail", models.TextField(verbose_name="description")),
                ("code", models.CharField(max_length=12)),
            ],
            options={
                "verbose_name": "act on the dossier of a breach",
                "verbose_name_plural": "acts on the dossiers of breaches",
                "ordering": ("at", "key"),
                "managed": False,
            },
        ),
        migrations.RunSQL(VIEW, "DROP VIEW incidents_happening;"),
    ]
