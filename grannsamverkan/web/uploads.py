"""Files that are sent in stay in memory: a list of members is not left in a folder for temporary files."""

import io
from typing import IO

from flask import Request


class InMemory(Request):
    """A request whose files are never put on disk, whatever their size; what a route takes at the most is declared."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()
