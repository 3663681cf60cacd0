"""What could follow ``import`` and ``from``."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List


def importable(package: str, with_names: bool, is_over: Callable[[], bool]) -> List[str]:
    """Return what can be imported from a package, or at all; nothing is imported to find out."""
    if not package:
        names = [*list(sys.modules), *sys.builtin_module_names, *getattr(sys, "stdlib_module_names", ())]
        known = {name.partition(".")[0] for name in names}
        return [*known, *_modules_in(sys.path, is_over)]
    module = sys.modules.get(package)
    if module is None:
        return []
    attributes: Dict[str, Any] = getattr(module, "__dict__", {})
    folders = attributes.get("__path__", ())
    found = [name[len(package) + 1 :] for name in list(sys.modules) if name.startswith(package + ".")]
    found = [name for name in found if "." not in name]
    return [*found, *_modules_in(list(folders), is_over), *(list(attributes) if with_names else ())]


def _modules_in(folders: List[Any], is_over: Callable[[], bool]) -> List[str]:
    found: List[str] = []
    for folder in folders:
        if is_over():
            break
        try:
            entries = list(os.scandir(folder or "."))
        except (OSError, TypeError):
            continue
        for entry in entries:
            name, dot, ending = entry.name.partition(".")
            is_module = ending == "py" or ending.endswith(("so", "pyd"))
            if name.isidentifier() and (is_module if dot else name != "__pycache__" and entry.is_dir()):
                found.append(name)
    return found
