"""Measures what each module costs to import, without the modules that it imports itself."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

_costs: Dict[str, float] = {}
#: Seconds that the imports inside each running import have taken.
_nested: List[float] = []


def measure_imports() -> None:
    """Begin to measure; only modules that are not there yet cost anything."""
    from importlib import _bootstrap  # type: ignore[attr-defined]

    find_and_load = _bootstrap._find_and_load

    def timed(name: str, import_: Any) -> Any:
        started = time.perf_counter()
        _nested.append(0.0)
        try:
            return find_and_load(name, import_)
        finally:
            elapsed = time.perf_counter() - started
            inner = _nested.pop()
            _costs[name] = _costs.get(name, 0.0) + elapsed - inner
            if _nested:
                _nested[-1] += elapsed

    _bootstrap._find_and_load = timed


def slowest(count: int = 10) -> List[Tuple[str, float]]:
    """Return the modules that took longest, with milliseconds, slowest first."""
    ranked = sorted(_costs.items(), key=lambda item: -item[1])
    return [(name, round(cost * 1000, 1)) for name, cost in ranked[:count]]
