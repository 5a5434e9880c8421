"""Tables of the engine."""

from processes.models.calendar import DayOff, DayOffKind
from processes.models.case import (
    Case,
    CaseCounter,
    CaseLink,
    CaseLinkKind,
    Channel,
    StepRun,
    StepRunOutcome,
)
from processes.models.catalogue import Definition, DefinitionState, StepDefinition, Subprocess
from processes.models.desk import (
    Delivery,
    DeliveryState,
    DigestChoice,
    FeedKey,
    InboxItem,
    JobOutcome,
    JobRun,
    OverdueNotice,
    SavedView,
    SentForm,
)
from processes.models.imports import ImportLine, ImportState, TableImport, Verdict
from processes.models.insiders import CaseInsider
from processes.models.records import Document, DocumentKind, Note, Revision, StoredFile

TRACKED = (
    Subprocess,
    Definition,
    StepDefinition,
    DayOff,
    CaseInsider,
    CaseLink,
    Note,
    Document,
    Revision,
    SavedView,
)

__all__ = [
    "TRACKED",
    "Case",
    "CaseCounter",
    "CaseInsider",
    "CaseLink",
    "CaseLinkKind",
    "Channel",
    "DayOff",
    "DayOffKind",
    "Definition",
    "DefinitionState",
    "Delivery",
    "DeliveryState",
    "DigestChoice",
    "Document",
    "DocumentKind",
    "FeedKey",
    "ImportLine",
    "ImportState",
    "InboxItem",
    "JobOutcome",
    "JobRun",
    "Note",
    "OverdueNotice",
    "Revision",
    "SavedView",
    "SentForm",
    "StepDefinition",
    "StepRun",
    "StepRunOutcome",
    "StoredFile",
    "Subprocess",
    "TableImport",
    "Verdict",
]
