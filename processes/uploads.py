"""Files people send in, on their way into the store: the same at every door that takes them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from processes import files, filetypes
from processes.errors import TooLarge, UnknownMedia
from processes.models import StoredFile
from processes.plaintext import one_line


def take_in(
    upload: Any, *, only: Collection[filetypes.FileKind] = (), otherwise: str = ""
) -> tuple[StoredFile, str]:
    """An upload looked through by its content and kept, with its cleaned name.

    `only` are the kinds this door takes, `otherwise` what it says to another kind; all accepted ones when none are given.
    """
    name = one_line(str(upload.name or ""))
    if upload.size is not None and upload.size > files.LARGEST:
        raise TooLarge(
            _("“%(name)s” is larger than %(megabytes)d MB.")
            % {"name": name, "megabytes": files.LARGEST // 2**20}
        )
    content: BinaryIO = upload.file
    kind = filetypes.examine(content, name).kind
    if only and kind not in only:
        raise UnknownMedia(otherwise)
    return files.put(content), filetypes.clean_name(name, kind)
