"""``wsgi.file_wrapper`` (PEP 3333, Optional Platform-Specific File Handling)."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple


class FileWrapper:
    """``wsgi.file_wrapper``: an iterable over a file that the gateway may send in its stead."""

    def __init__(self, filelike: Any, block_size: int = 65536) -> None:
        self.filelike = filelike
        self.block_size = block_size
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> "FileWrapper":
        return self

    def __next__(self) -> bytes:
        data: bytes = self.filelike.read(self.block_size)
        if data:
            return data
        raise StopIteration

    def regular_file(self) -> Optional[Tuple[int, int, int]]:
        """Descriptor, offset and length of what is left, or None where there is no regular file."""
        try:
            descriptor: int = self.filelike.fileno()
            status = os.fstat(descriptor)
            offset: int = self.filelike.tell()
        except (AttributeError, OSError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return descriptor, offset, max(status.st_size - offset, 0)
