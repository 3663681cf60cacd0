"""Measures what libraries do when they are imported, and whether they work in a fork of a process that has.

    python3 -m venv /tmp/libraries && /tmp/libraries/bin/pip install numpy pandas ...
    /tmp/libraries/bin/python scripts/measure-libraries.py [NAME ...]

Prints the table of docs/explanation/zygote.md, for those of the libraries below that this interpreter has.
Each is imported in a process of its own, as a zygote would (python/highball/worker/preload.py); then a child
of it uses the library a little, and has five seconds for that. Linux only.
"""

import gc
import json
import os
import platform
import subprocess
import sys
import time
from importlib import metadata
from typing import Any, Dict, List

ENVIRONMENT = dict(os.environ)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEADLINE = 5.0

#: By distribution: the modules that an application imports, and what the child does with them.
LIBRARIES: Dict[str, List[str]] = {
    "aiohttp": ["aiohttp", "aiohttp.ClientTimeout(total=1)"],
    "APScheduler": [
        "apscheduler.schedulers.background",
        """
import threading
done = threading.Event()
scheduler = apscheduler.schedulers.background.BackgroundScheduler()
scheduler.add_job(done.set, "interval", seconds=0.05)
scheduler.start()
assert done.wait(4)
""",
    ],
    "asyncpg": ["asyncpg", "import asyncio\nasyncio.run(asyncio.sleep(0))"],
    "boto3": [
        "boto3",
        """
client = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
""",
    ],
    "celery": [
        "celery.app celery.app.task kombu.transport.memory",
        """
app = celery.Celery(broker="memory://", backend="cache+memory://")
@app.task
def task():
    return 3
assert task.apply().get() == 3
task.delay()
""",
    ],
    "confluent-kafka": [
        "confluent_kafka",
        "confluent_kafka.Producer({'bootstrap.servers': '127.0.0.1:1', 'log_level': 0}).poll(0.1)",
    ],
    "cryptography": [
        "cryptography.fernet",
        "f = cryptography.fernet.Fernet(cryptography.fernet.Fernet.generate_key())\n"
        "f.decrypt(f.encrypt(b''))",
    ],
    "dask": ["dask", "assert dask.delayed(sum)([1, 2]).compute(scheduler='threads') == 3"],
    "ddtrace": ["ddtrace.auto", "from ddtrace.trace import tracer\nwith tracer.trace('name'): pass"],
    "Django": [
        "django.core.wsgi django.db",
        """
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.core.wsgi.get_wsgi_application()
with django.db.connection.cursor() as cursor:
    assert cursor.execute("select 3").fetchone() == (3,)
""",
    ],
    "duckdb": [
        "duckdb",
        "rows = duckdb.sql('select count(*) from range(3000000) t(i) where i % 3 = 0').fetchall()\n"
        "assert rows == [(1000000,)]",
    ],
    "elasticsearch": [
        "elasticsearch",
        """
try:
    elasticsearch.Elasticsearch("http://127.0.0.1:1", max_retries=0, request_timeout=1).info()
except elasticsearch.ConnectionError:
    pass
""",
    ],
    "eventlet": ["eventlet", "assert eventlet.spawn(lambda: 3).wait() == 3"],
    "Flask": [
        "flask",
        "app = flask.Flask('x')\napp.route('/')(lambda: 'x')\nassert app.test_client().get('/').data == b'x'",
    ],
    "gevent": ["gevent", "assert gevent.spawn(lambda: 3).get(timeout=3) == 3"],
    "google-cloud-storage": [
        "google.cloud.storage",
        """
from google.auth.credentials import AnonymousCredentials
google.cloud.storage.Client(project="p", credentials=AnonymousCredentials()).bucket("b")
""",
    ],
    "grpcio": [
        "grpc",
        """
from concurrent.futures import ThreadPoolExecutor
class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)
server = grpc.server(ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((Echo(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    assert channel.unary_unary("/a/b")(b"x", timeout=3) == b"x"
server.stop(None).wait()
""",
    ],
    "h5py": ["h5py", "h5py.File('x', 'w', driver='core', backing_store=False)['a'] = [1, 2]"],
    "httpx": ["httpx", "httpx.Client().build_request('GET', 'http://x')"],
    "jax": ["jax.numpy", "assert int(jax.numpy.ones(3).sum()) == 3"],
    "Jinja2": ["jinja2", "assert jinja2.Template('{{ x }}').render(x=3) == '3'"],
    "loguru": [
        "loguru",
        "loguru.logger.remove()\nloguru.logger.add(str, enqueue=True)\nloguru.logger.info('x')",
    ],
    "lxml": ["lxml.etree", "assert lxml.etree.fromstring('<a><b/></a>').xpath('count(//b)') == 1"],
    "matplotlib": [
        "matplotlib.pyplot",
        "import io\nmatplotlib.pyplot.switch_backend('agg')\nmatplotlib.pyplot.plot([1, 2])\n"
        "matplotlib.pyplot.savefig(io.BytesIO())",
    ],
    "mysql-connector-python": [
        "mysql.connector",
        "try:\n  mysql.connector.connect(host='127.0.0.1', port=1)\nexcept mysql.connector.Error: pass",
    ],
    "newrelic": ["newrelic.agent", "assert newrelic.agent.background_task()(lambda: 3)() == 3"],
    "numba": [
        "numba",
        """
import numpy
@numba.njit(parallel=True)
def total(values):
    result = 0.0
    for i in numba.prange(values.size):
        result += values[i]
    return result
assert total(numpy.ones(3)) == 3
""",
    ],
    "numpy": [
        "numpy",
        "a = numpy.ones((400, 400))\nassert (a @ a)[0, 0] == 400\n"
        "numpy.linalg.svd(numpy.random.rand(200, 200))",
    ],
    "onnxruntime": ["onnxruntime", "onnxruntime.SessionOptions()"],
    "opencv-python-headless": ["cv2", "import numpy\ncv2.resize(numpy.zeros((999, 999), 'uint8'), (99, 99))"],
    "opentelemetry-sdk": [
        "opentelemetry.sdk.trace.export",
        """
trace = opentelemetry.sdk.trace
provider = trace.TracerProvider()
exporter = trace.export.ConsoleSpanExporter(out=open(os.devnull, "w"))
provider.add_span_processor(trace.export.BatchSpanProcessor(exporter))
with provider.get_tracer("x").start_as_current_span("x"): pass
provider.shutdown()
""",
    ],
    "orjson": ["orjson", "assert orjson.loads(orjson.dumps([3])) == [3]"],
    "pandas": [
        "pandas",
        "assert pandas.DataFrame({'a': [1, 2], 'b': ['x', 'y']}).groupby('b').a.sum().sum() == 3",
    ],
    "paramiko": ["paramiko", "paramiko.ECDSAKey.generate()"],
    "pillow": [
        "PIL.Image PIL.ImageFilter",
        "import io\nPIL.Image.new('RGB', (99, 99)).filter(PIL.ImageFilter.BLUR).save(io.BytesIO(), 'PNG')",
    ],
    "polars": [
        "polars",
        "frame = polars.DataFrame({'a': [1, 2], 'b': [1, 1]})\n"
        "assert frame.lazy().group_by('b').sum().collect()['a'][0] == 3",
    ],
    "prometheus-client": [
        "prometheus_client",
        "prometheus_client.Counter('x', 'x').inc()\nprometheus_client.generate_latest()",
    ],
    "psycopg": [
        "psycopg",
        "try:\n  psycopg.connect('host=127.0.0.1 port=1')\nexcept psycopg.OperationalError: pass",
    ],
    "psycopg2-binary": [
        "psycopg2",
        "try:\n  psycopg2.connect('host=127.0.0.1 port=1')\nexcept psycopg2.OperationalError: pass",
    ],
    "pyarrow": [
        "pyarrow.compute pyarrow.parquet",
        """
import io
table = pyarrow.table({"a": list(range(99999)), "b": ["x", "y", "z"] * 33333})
assert table.group_by("b").aggregate([("a", "sum")]).num_rows == 3
file = io.BytesIO()
pyarrow.parquet.write_table(table, file)
pyarrow.parquet.read_table(file)
""",
    ],
    "pydantic": ["pydantic", "assert pydantic.TypeAdapter(int).validate_python('3') == 3"],
    "pymongo": [
        "pymongo",
        """
try:
    pymongo.MongoClient("127.0.0.1", 1, serverSelectionTimeoutMS=200).admin.command("ping")
except pymongo.errors.ServerSelectionTimeoutError:
    pass
""",
    ],
    "pyzmq": [
        "zmq",
        """
with zmq.Context() as context, context.socket(zmq.PAIR) as a, context.socket(zmq.PAIR) as b:
    a.bind("inproc://x")
    b.connect("inproc://x")
    a.send(b"x")
    assert b.recv() == b"x"
""",
    ],
    "redis": [
        "redis",
        "try:\n  redis.Redis(port=1).ping()\nexcept redis.ConnectionError: pass",
    ],
    "requests": [
        "requests",
        """
import http.server, threading
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
server.RequestHandlerClass.log_message = lambda *arguments: None
threading.Thread(target=server.serve_forever, daemon=True).start()
assert requests.Session().get(f"http://127.0.0.1:{server.server_port}/").ok
""",
    ],
    "scikit-learn": [
        "sklearn.cluster",
        "import numpy\nsklearn.cluster.KMeans(3, n_init=2).fit(numpy.random.rand(5000, 8))",
    ],
    "scipy": ["scipy.linalg", "scipy.linalg.eigh([[2, 1], [1, 2]])"],
    "sentry-sdk": [
        "sentry_sdk",
        "sentry_sdk.init('http://key@127.0.0.1:1/1')\nsentry_sdk.capture_message('x')\n"
        "sentry_sdk.flush(timeout=0.2)",
    ],
    "SQLAlchemy": [
        "sqlalchemy",
        """
with sqlalchemy.create_engine("sqlite://").connect() as connection:
    assert connection.execute(sqlalchemy.text("select 3")).scalar() == 3
""",
    ],
    "torch": ["torch", "assert float((torch.ones(400, 400) @ torch.ones(400, 400))[0, 0]) == 400"],
    "transformers": ["transformers", "transformers.AutoConfig"],
    "Twisted": [
        "twisted.internet.reactor",
        "reactor = twisted.internet.reactor\nreactor.callLater(0.05, reactor.stop)\nreactor.run()",
    ],
    "uvloop": ["uvloop", "import asyncio\nuvloop.run(asyncio.sleep(0))"],
    "watchdog": [
        "watchdog.observers watchdog.events",
        """
import tempfile, threading
seen = threading.Event()
class Handler(watchdog.events.FileSystemEventHandler):
    def on_any_event(self, event):
        seen.set()
with tempfile.TemporaryDirectory() as folder:
    observer = watchdog.observers.Observer()
    observer.schedule(Handler(), folder)
    observer.start()
    open(folder + "/x", "w").close()
    assert seen.wait(3)
    observer.stop()
    observer.join()
""",
    ],
}


def measure(names: List[str]) -> None:
    """Print one row for each library that is installed."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {platform.platform()}, {os.cpu_count()} processors, {time.strftime('%B %Y')}\n")
    print("| library | version | import, ms | modules | threads | why it is left out | in a child |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in names or sorted(LIBRARIES, key=str.lower):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        one = [sys.executable, "-W", "ignore", __file__, "--one", name]
        done = subprocess.run(one, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        try:
            row = json.loads(done.stdout.decode("utf-8").rstrip().rpartition("\n")[2])
        except ValueError:
            raise SystemExit(f"{name}: {done.stderr.decode('utf-8')}") from None
        columns = ("milliseconds", "modules", "threads", "problem", "child")
        print("|", " | ".join([name, version, *(str(row[column]) for column in columns)]), "|", flush=True)


def measure_one(name: str) -> None:
    """Import a library, use it in a child, and print what was seen."""
    sys.path[0] = os.path.join(ROOT, "python")
    import highball.worker.boot  # noqa: F401  what a zygote has imported in any case
    from highball.worker.fingerprint import Fingerprint

    del sys.path[0]
    modules, use = LIBRARIES[name]
    before, known = Fingerprint(), len(sys.modules)
    started = time.perf_counter()
    for module in modules.split():
        __import__(module)
    milliseconds = round((time.perf_counter() - started) * 1000)
    count = len(sys.modules) - known
    threads = len(Fingerprint().threads) - len(before.threads)
    child = in_child(modules, use)
    left = len(Fingerprint().threads) - len(before.threads)
    problems = judged(modules.split())
    row = {
        "milliseconds": milliseconds,
        "modules": count,
        "threads": f"{threads}, then {left}" if threads else "0",
        "problem": "; ".join(problems) or "-",
        "child": child,
    }
    print("\n" + json.dumps(row), flush=True)
    os._exit(0)


def judged(modules: List[str]) -> List[str]:
    """Return what a zygote has against it: asked in another process, because this one has imported it."""
    code = (
        f"import sys, json, os; sys.path[0] = {os.path.join(ROOT, 'python')!r}\n"
        "import highball.worker.boot\nfrom highball.worker.preload import Preload\ndel sys.path[0]\n"
        f"unfit = Preload().take({modules!r})\n"
        "print('\\n' + json.dumps([one['problem'] for one in unfit])); sys.stdout.flush(); os._exit(0)"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, check=True)
    problems: List[str] = json.loads(done.stdout.decode("utf-8").rstrip().rpartition("\n")[2])
    return list(dict.fromkeys(problems))


def in_child(modules: str, use: str) -> str:
    """Fork as a zygote does, use the library, and tell how that went."""
    gc.freeze()
    pid = os.fork()
    if pid == 0:
        scope: Dict[str, Any] = {"os": os}
        for module in modules.split():
            top = module.partition(".")[0]
            scope[top] = sys.modules[top]
        status = 1
        try:
            exec(use, scope)
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return "works" if status == 0 else f"fails ({status})"
        time.sleep(0.005)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return "hangs"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure_one(sys.argv[2])
    else:
        measure(sys.argv[1:])
