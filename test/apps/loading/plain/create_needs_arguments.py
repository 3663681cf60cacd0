def create_app(config):
    raise AssertionError("never called")
