from asgi import Instance

api = Instance()
