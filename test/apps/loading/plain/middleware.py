def logged(application):
    def application_that_logs(environ, start_response):
        return application(environ, start_response)

    return application_that_logs
