"""No application; one function could make one."""

number = 1


def get_app():
    raise AssertionError("never called")
