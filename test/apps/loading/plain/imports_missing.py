import imports_missing_too  # noqa: F401
