"""``app`` exists only once it is asked for (PEP 562)."""


def __getattr__(name):
    if name == "app":
        from app import app

        return app
    if name == "broken":
        raise RuntimeError("no database")
    raise AttributeError(name)
