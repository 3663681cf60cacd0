"""Two applications, neither under a name that is tried first."""

from only_instance import Site

shop = Site()
admin = Site()
