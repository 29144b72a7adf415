"""Office files in the strict form of their standard, made readable for libraries that know the usual one."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile

from index.loaders.limits import part_has

_STRICT: Final = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_ROOTS: Final = ("word/document.xml", "xl/workbook.xml")


def opened(path: Path) -> IO[bytes]:
    """Open an Office file, which `check_package` has let pass; the strict names in it replaced by the usual ones.

    Both name the same things (ISO/IEC 29500-1 annex A and 29500-4 annex A), in namespaces of their own.
    """
    with ZipFile(path) as package:
        names = package.namelist()
        if not any(part_has(package, root, _STRICT) for root in _ROOTS if root in names):
            return path.open("rb")
        usual = BytesIO()
        with ZipFile(usual, "w", ZIP_DEFLATED) as copy:
            for name in names:
                data = package.read(name)
                if name.endswith((".xml", ".rels")):
                    data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data)
                copy.writestr(name, data)
    usual.seek(0)
    return usual
