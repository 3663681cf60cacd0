def connect():
    try:
        {}["url"]
    except KeyError as error:
        raise RuntimeError("no database") from error


connect()
