"""Measures what each module costs to import, without the modules that it imports itself."""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

#: Seconds, by module.
_costs: Dict[str, float] = {}


class _Nested(threading.local):
    """For each import that runs in this thread, the seconds that those inside it have taken."""

    def __init__(self) -> None:
        self.seconds: List[float] = []


def measure_imports() -> None:
    """Begin to measure; only modules that are not there yet cost anything."""
    from importlib import _bootstrap

    machinery: Any = _bootstrap
    find_and_load = machinery._find_and_load
    nested = _Nested()

    def timed(name: str, import_: Any) -> Any:
        running = nested.seconds
        running.append(0.0)
        started = time.perf_counter()
        try:
            return find_and_load(name, import_)
        finally:
            elapsed = time.perf_counter() - started
            inner = running.pop()
            if running:
                running[-1] += elapsed
            _costs[name] = _costs.get(name, 0.0) + elapsed - inner

    machinery._find_and_load = timed


def slowest(count: int = 10) -> List[Tuple[str, float]]:
    """Return the modules that took longest, with milliseconds, slowest first."""
    ranked = sorted(_costs.copy().items(), key=lambda item: -item[1])
    return [(name, round(cost * 1000, 1)) for name, cost in ranked[:count]]
