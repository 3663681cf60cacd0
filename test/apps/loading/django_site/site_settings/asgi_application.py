SECRET_KEY = "not a secret"
WSGI_APPLICATION = "site_settings.asgi.application"
