"""The debugger's part in a worker: describes errors, keeps their frames, runs code in them.

Importing this package costs nothing. What it has is imported at the first error.
"""

from __future__ import annotations

from time import time

#: When the code that this process runs cannot have been read yet: of a file that was saved later it is not
#: known whether its lines are those that run. True only where this is imported before the application.
began = time()
