import shop.gone  # noqa: F401
