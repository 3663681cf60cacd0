import falcon


class Index:
    def on_get(self, request, response):
        response.text = "falcon"


web = falcon.App()
web.add_route("/", Index())
