"""The result of proceedings, the next phase of a notice, in whose name deputies acted; both views built anew."""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import incidents.models.public

OLD_DUE = importlib.import_module("incidents.migrations.0004_what_is_due").VIEW
OLD_DONE = importlib.import_module("incidents.migrations.0005_what_was_done").VIEW

# The columns of all parts have the same types, so that a page is read in order from their indexes.
DUE = """
DROP VIEW incidents_followup;
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
    WHERE action.done_at IS NULL
    UNION ALL
    SELECT 'sanction-' || id, 'sanction'::text, id, breach_id, due_on, text::text, NULL::bigint
    FROM incidents_task WHERE outcome = '' AND NOT awaits = ''
    UNION ALL
    SELECT 'phase-' || id, 'phase'::text, id, breach_id, due_on, missing, NULL::bigint
    FROM incidents_noticephase WHERE settled_at IS NULL;
"""

# Every part begins at an index on the breach; the texts have one type, so that the question reaches each table by itself.
DONE = """
DROP VIEW incidents_happening;
CREATE VIEW incidents_happening AS
    SELECT 'evidence-' || id AS key, breach_id, 'evidence'::text AS kind, collected_at AS at,
        position || '. ' || title AS subject, place::text AS detail, ''::text AS code, collected_by_id AS by_id,
        collected_for_id AS principal_id
    FROM incidents_evidence
    UNION ALL
    SELECT 'handover-' || link.id, piece.breach_id, 'handover'::text, link.handed_at,
        piece.position || '. ' || piece.title, link.giver || ' → ' || link.receiver || ': ' || link.reason, ''::text,
        link.recorded_by_id, link.recorded_for_id
    FROM incidents_handover link JOIN incidents_evidence piece ON piece.id = link.evidence_id
    UNION ALL
    SELECT 'task-' || id, breach_id, 'task'::text, settled_at, text::text, note, outcome::text, settled_by_id,
        settled_for_id
    FROM incidents_task WHERE outcome <> ''
    UNION ALL
    SELECT 'notice-' || id, breach_id, 'notice'::text, sent_at, ''::text,
        way || CASE WHEN reference = '' THEN '' ELSE ' · ' || reference END, addressee::text, recorded_by_id,
        recorded_for_id
    FROM incidents_notice
    UNION ALL
    SELECT 'phase-' || phase.id, phase.breach_id, 'phase'::text, phase.asked_at, to_char(phase.due_on, 'DD.MM.YYYY'),
        phase.missing, 'asked'::text, phase.asked_by_id, phase.asked_for_id
    FROM incidents_noticephase phase
    UNION ALL
    SELECT 'phase-ended-' || id, breach_id, 'phase'::text, settled_at, ''::text, reason, 'nothing_left'::text,
        settled_by_id, settled_for_id
    FROM incidents_noticephase WHERE settled_at IS NOT NULL AND next_notice_id IS NULL
    UNION ALL
    SELECT 'silence-' || id, breach_id, 'silence'::text, proposed_at, ''::text, reason, 'proposed'::text,
        proposed_by_id, proposed_for_id
    FROM incidents_silence
    UNION ALL
    SELECT 'silence-answer-' || id, breach_id, 'silence'::text, answered_at, ''::text, answer,
        CASE WHEN is_approved THEN 'signed' ELSE 'sent_back' END, answered_by_id, answered_for_id
    FROM incidents_silence WHERE answered_at IS NOT NULL
    UNION ALL
    SELECT 'barrier-' || id, breach_id, 'barrier'::text, verified_at, text, finding,
        CASE WHEN holds THEN 'holds' ELSE 'fails' END, verified_by_id, verified_for_id
    FROM incidents_barrier WHERE verified_at IS NOT NULL
    UNION ALL
    SELECT 'review-' || id, breach_id, 'review'::text, held_on::timestamp AT TIME ZONE 'Europe/Istanbul', ''::text,
        lessons, ''::text, held_by_id, held_for_id
    FROM incidents_review WHERE held_on IS NOT NULL
    UNION ALL
    SELECT 'action-' || action.id, review.breach_id, 'action'::text, action.done_at, action.text::text, action.result,
        ''::text, action.done_by_id, action.done_for_id
    FROM incidents_reviewaction action JOIN incidents_review review ON review.id = action.review_id
    WHERE action.done_at IS NOT NULL
    UNION ALL
    SELECT 'sanction-' || id, breach_id, 'sanction'::text, recorded_at, ''::text,
        decided_by || CASE WHEN reference = '' THEN '' ELSE ' · ' || reference END, kind::text, recorded_by_id,
        recorded_for_id
    FROM incidents_sanction
    UNION ALL
    SELECT 'alert-' || id, breach_id, 'alert'::text, told_at, ''::text, ''::text, 'told'::text, person_id, NULL::bigint
    FROM incidents_alert
    UNION ALL
    SELECT 'alert-taken-' || id, breach_id, 'alert'::text, acknowledged_at, ''::text, ''::text, 'taken'::text,
        acknowledged_by_id, acknowledged_for_id
    FROM incidents_alert WHERE acknowledged_at IS NOT NULL
    UNION ALL
    SELECT 'alert-passed-on-' || id, breach_id, 'alert'::text, passed_on_at, ''::text, ''::text, 'passed_on'::text,
        NULL::bigint, NULL::bigint
    FROM incidents_alert WHERE passed_on_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0005_what_was_done"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticePhase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on", models.DateField(verbose_name="next phase by")),
                ("missing", models.TextField(verbose_name="what is still to be told")),
                ("asked_at", models.DateTimeField(verbose_name="marked incomplete")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                ("reason", models.TextField(blank=True, verbose_name="why nothing is left to tell")),
            ],
            options={
                "verbose_name": "next phase of a notice",
                "verbose_name_plural": "next phases of notices",
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="SharedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="whose it is")),
                (
                    "network",
                    models.CharField(
                        help_text="As the portal sees it, such as 10.20.30.40 or 10.20.30.0/24; 0.0.0.0/0 stands for everybody else. The narrowest one counts.",
                        max_length=43,
                        unique=True,
                        validators=[incidents.models.public.network],
                        verbose_name="address or network",
                    ),
                ),
                (
                    "reports_per_hour",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="reports an hour",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "shared address of the public form",
                "verbose_name_plural": "shared addresses of the public form",
                "ordering": ("name", "id"),
            },
        ),
        migrations.AddField(
            model_name="alert",
            name="acknowledged_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="barrier",
            name="verified_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="collected_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="recorded_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="recorded_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="held_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="reviewaction",
            name="done_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="recorded_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="cancelled_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="made_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="answered_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="proposed_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="awaits",
            field=models.CharField(
                blank=True,
                choices=[("discipline", "Disciplinary investigation"), ("court", "Judicial action")],
                db_default="",
                default="",
                max_length=10,
                verbose_name="proceedings whose result it awaits",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="due"),
        ),
        migrations.AddField(
            model_name="task",
            name="settled_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("outcome", ""), models.Q(("awaits", ""), _negated=True)),
                fields=["due_on", "id"],
                name="breachtask_awaits",
            ),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_for__isnull", True),
                        models.Q(("answered_for", models.F("proposed_by")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("answered_by__isnull", True),
                        ("proposed_for__isnull", True),
                        models.Q(("answered_by", models.F("proposed_for")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="silence_signed_for_another",
                violation_error_message="Nobody signs off their own proposal, nor does their deputy for them.",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", ""), models.Q(("awaits", ""), _negated=True)),
                fields=("breach", "awaits"),
                name="breachtask_awaits_once",
                violation_error_message="The result of these proceedings is awaited already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("awaits", ""), ("due_on__isnull", False), _connector="OR"),
                name="breachtask_awaits_until",
                violation_error_message="Write the day on which somebody asks for the result.",
            ),
        ),
        migrations.AddField(
            model_name="noticephase",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="marked by",
            ),
        ),
        migrations.AddField(
            model_name="noticephase",
            name="asked_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddField(
            model_name="noticephase",
            name="breach",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="phases",
                to="incidents.breach",
                verbose_name="information-security breach",
            ),
        ),
        migrations.AddField(
            model_name="noticephase",
            name="next_notice",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incidents.notice",
                verbose_name="notice that followed",
            ),
        ),
        migrations.AddField(
            model_name="noticephase",
            name="notice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="phase",
                to="incidents.notice",
                verbose_name="incomplete notice",
            ),
        ),
        migrations.AddField(
            model_name="noticephase",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="settled by",
            ),
        ),
        migrations.AddField(
            model_name="noticephase",
            name="settled_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(("reports_per_hour__gte", 1), ("reports_per_hour__lte", 1000)),
                name="sharedaddress_reports_sensible",
                violation_error_message="Between 1 and 1000 reports an hour are taken from an address.",
            ),
        ),
        migrations.AddIndex(
            model_name="noticephase",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["due_on", "id"],
                name="noticephase_to_give",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticephase",
            constraint=models.CheckConstraint(
                condition=models.Q(("missing", ""), _negated=True),
                name="noticephase_says_what",
                violation_error_message="Write what is still to be told.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticephase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("next_notice__isnull", True),
                        ("reason", ""),
                        ("settled_at__isnull", True),
                        ("settled_by__isnull", True),
                    ),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(
                            models.Q(("next_notice__isnull", False), ("reason", "")),
                            models.Q(("next_notice__isnull", True), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="noticephase_settled_how",
                violation_error_message="A phase ends with the next notice, or with a written reason.",
            ),
        ),
        migrations.RunSQL(DUE, f"DROP VIEW incidents_followup; {OLD_DUE}"),
        migrations.RunSQL(DONE, f"DROP VIEW incidents_happening; {OLD_DONE}"),
    ]
