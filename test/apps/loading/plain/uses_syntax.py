import syntax  # noqa: F401
