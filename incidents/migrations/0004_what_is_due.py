"""What is due after breaches as one view over three tables, and the indexes it and the busy lists begin at."""

from django.conf import settings
from django.db import migrations, models

# The columns of all three have the same types, so that a page is read in order from their indexes.
VIEW = """
CREATE VIEW incidents_followup AS
    SELECT 'barrier-' || id AS key, 'barrier'::text AS kind, id AS row, breach_id, verify_on AS due_on, text, owner_id
    FROM incidents_barrier WHERE verified_at IS NULL
    UNION ALL
    SELECT 'review-' || id, 'review'::text, id, breach_id, due_on, ''::text, NULL::bigint
    FROM incidents_review WHERE held_on IS NULL
    UNION ALL
    SELECT 'action-' || action.id, 'action'::text, action.id, review.breach_id, action.due_on, action.text::text,
        action.owner_id
    FROM incidents_reviewaction action JOIN incidents_review review ON review.id = action.review_id
    WHERE action.done_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0003_held_logs"),
        ("processes", "0008_queues_tell_confidential"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("key", models.CharField(max_length=30, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("barrier", "Verify the barrier"),
                            ("review", "Hold the review"),
                            ("action", "Carry out the action"),
                        ],
                        max_length=8,
                        verbose_name="what is due",
                    ),
                ),
                ("row", models.PositiveBigIntegerField()),
                ("due_on", models.DateField(verbose_name="due")),
                ("text", models.TextField(verbose_name="what it is about")),
            ],
            options={
                "verbose_name": "what is due after a breach",
                "verbose_name_plural": "due after breaches",
                "ordering": ("due_on", "row", "key"),
                "managed": False,
            },
        ),
        migrations.RemoveIndex(
            model_name="breach",
            name="breach_clock",
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["-told_at", "-id"], name="alert_newest"),
        ),
        migrations.AddIndex(
            model_name="barrier",
            index=models.Index(
                condition=models.Q(("verified_at__isnull", True)),
                fields=["verify_on", "id"],
                name="barrier_to_verify",
            ),
        ),
        migrations.AddIndex(
            model_name="breach",
            index=models.Index(
                condition=models.Q(
                    ("kvkk_settled_at__isnull", True), models.Q(("personal_data", "no"), _negated=True)
                ),
                fields=["learned_at"],
                name="breach_clock",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("held_on__isnull", True)), fields=["due_on", "id"], name="review_to_hold"
            ),
        ),
        migrations.AddIndex(
            model_name="reviewaction",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)),
                fields=["due_on", "id"],
                name="reviewaction_to_do",
            ),
        ),
        migrations.RunSQL(VIEW, "DROP VIEW incidents_followup;"),
    ]
