import a_distribution_nobody_has.part  # noqa: F401
