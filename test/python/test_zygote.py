"""The zygote as the gateway meets it: lines on a socket, and workers that connect.

Everything is a process of its own and does what it does in service. What an application finds it writes down
when it is imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from debugged_worker import DEADLINE, welcome
from support import WORKER_ROOT

from highball.worker import protocol

ENTRY = os.path.join(WORKER_ROOT, "highball", "worker", "__main__.py")

APPLICATION = """
def app(environ, start_response):
    start_response("200 OK", [])
    return [b""]
"""

#: Lets an application write down what it finds.
NOTE = """
import json as _json, os as _os
def note(**found):
    with open(_os.path.join(_os.environ["NOTES"], str(_os.getpid())), "a") as file:
        file.write(_json.dumps(found) + "\\n")
"""

STATE = """
import os, signal, sys
descriptors = {}
for name in os.listdir("/proc/self/fd"):
    try:
        target = os.readlink("/proc/self/fd/" + name)
    except OSError:
        continue
    if int(name) > 2:
        kind = target.partition(":")[0]
        descriptors[kind] = descriptors.get(kind, 0) + 1
note(
    path=sys.path, argv=sys.argv, folder=os.getcwd(), environment=dict(os.environ), flags=str(sys.flags),
    handlers=[signal.getsignal(number) is signal.SIG_DFL for number in (signal.SIGCHLD, signal.SIGUSR1)],
    wakeup=signal.set_wakeup_fd(-1), descriptors=descriptors, executable=sys.executable,
    main=sys.modules["__main__"].__file__,
)
"""


class Gateway:
    """One end of a zygote, or of another process, and an address where workers connect."""

    def __init__(self, folder: str, project: str, environment: Dict[str, str], role: str) -> None:
        self.project = project
        self._role = role
        self._folder = folder
        self._listener = socket.socket(socket.AF_UNIX)
        self._address = os.path.join(folder, "gateway.sock")
        self._listener.bind(self._address)
        self._listener.listen(10)
        self._listener.settimeout(DEADLINE)
        self._tokens = 0
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(DEADLINE)
        self._lines = self.socket.makefile("rb")
        self._heard: List[Dict[str, Any]] = []
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-u", ENTRY, str(theirs.fileno()), *role.split()],
                cwd=project,
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def say(self, **message: Any) -> None:
        self.socket.sendall(json.dumps(message).encode("utf-8") + b"\n")

    def hear(self, *kinds: str) -> Dict[str, Any]:
        """Return the next line of one of these kinds; others wait for whoever asks."""
        for message in self._heard:
            if not message.keys().isdisjoint(kinds):
                self._heard.remove(message)
                return message
        while True:
            line = self._lines.readline()
            if not line:
                raise AssertionError(f"the zygote has ended: {self.process.wait(DEADLINE)}")
            told: Dict[str, Any] = json.loads(line)
            if not told.keys().isdisjoint(kinds):
                return told
            self._heard.append(told)

    def prepare(self, *modules: str) -> Dict[str, Any]:
        self.say(prepare=modules)
        return self.hear("prepared", "unfit")

    def job(self, target: str = "app") -> Tuple[Dict[str, Any], Dict[str, Any]]:
        """Return what a worker is told: what to load, and where to connect."""
        self._tokens += 1
        ledger = os.path.join(self._folder, f"ledger-{self._tokens}")
        with open(ledger, "wb") as file:
            file.truncate(65536)
        load = {
            "target": target,
            "directory": self.project,
            "pythonPath": [],
            "threads": 1,
            "workers": 1,
            "serverSoftware": "Highball",
            "argv0": "highball",
            "reloads": True,
            "verbose": False,
        }
        return load, {"token": f"{self._tokens:064x}", "path": self._address, "ledger": ledger}

    def fork(self, target: str = "app") -> int:
        """Have a worker forked and return its process id."""
        return self.order(*self.job(target))

    def order(self, load: Dict[str, Any], invitation: Dict[str, Any]) -> int:
        """Have a worker forked that does this, and return its process id."""
        self.say(fork=self._tokens, load=load, invitation=invitation)
        answer = self.hear("forked", "failed")
        assert answer["forked"] == self._tokens, answer
        return int(answer["pid"])

    def seat(self, target: str = "app") -> Tuple[Dict[str, Any], Dict[str, Any]]:
        """Offer a seat to a child that waits; return what it will be told."""
        load, invitation = self.job(target)
        self.say(seat=invitation)
        return load, invitation

    def accept(self, *, anew: bool = False) -> Worker:
        """Return the next worker; one of a zygote opens both connections before it loads, unless it starts anew."""
        worker = Worker(self._listener)
        if self._role == "zygote" and not anew:
            worker.be_seated()
        return worker

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for own in (self._lines, self.socket, self._listener):
            own.close()


class Worker:
    """The gateway's end of a worker that has just connected."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._sockets: List[socket.socket] = []
        self._frames: List[protocol.Frame] = []
        self._reader = protocol.FrameReader()
        self.pid = 0
        self._connections: Dict[str, socket.socket] = {}
        self.control = self._accept("control")

    def _accept(self, purpose: str) -> socket.socket:
        """Return that connection; they come in either order."""
        while purpose not in self._connections:
            self._welcome()
        return self._connections[purpose]

    def _welcome(self) -> None:
        connection, hello = welcome(self._listener)
        self._sockets.append(connection)
        self.pid = hello["pid"]
        self._connections[hello["connection"]] = connection

    def be_seated(self) -> None:
        """Accept the other connection too."""
        self._accept("data")

    def hear(self) -> Tuple[int, Any]:
        """Return type and content of its next message."""
        while not self._frames:
            data = self.control.recv(65536)
            if not data:
                return 0, None
            self._frames += self._reader.feed(data)
        kind, _, _, payload = self._frames.pop(0)
        return kind, json.loads(payload)

    def ready(self) -> Dict[str, Any]:
        self.be_seated()
        kind, said = self.hear()
        assert kind == protocol.READY, said
        result: Dict[str, Any] = said
        return result

    def failed(self) -> Dict[str, Any]:
        kind, said = self.hear()
        assert kind == protocol.FAILED, (kind, said)
        result: Dict[str, Any] = said
        return result

    def quit(self) -> None:
        self.control.sendall(protocol.frame(protocol.QUIT, 0, 0))

    def close(self) -> None:
        for connection in self._sockets:
            connection.close()


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@unittest.skipUnless(sys.platform.startswith("linux"), "only on Linux processes are forked from a zygote")
class ZygoteTestCase(unittest.TestCase):
    def setUp(self) -> None:
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="highball-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.project = os.path.join(self.root, "project")
        self.libraries = os.path.join(self.root, "site-packages")
        self.notes = os.path.join(self.root, "notes")
        for folder in (self.project, self.libraries, self.notes):
            os.mkdir(folder)
        self.write(note=NOTE)
        self._gateway: Optional[Gateway] = None

    def start(self, role: str = "") -> Gateway:
        """Start a process of this role; without one it is a worker, or a spare interpreter."""
        folder = tempfile.mkdtemp(dir=self.root)
        environment = {**os.environ, "PYTHONPATH": self.libraries, "NOTES": self.notes}
        gateway = Gateway(folder, self.project, environment, role)
        self.addCleanup(gateway.close)
        return gateway

    @property
    def gateway(self) -> Gateway:
        """The one that most tests have, of a zygote."""
        if self._gateway is None:
            self._gateway = self.start("zygote")
        return self._gateway

    def write(self, folder: str = "", **modules: str) -> None:
        """Write modules: libraries unless said otherwise."""
        for name, text in modules.items():
            with open(os.path.join(folder or self.libraries, f"{name}.py"), "w", encoding="utf-8") as file:
                file.write(text)

    def application(self, text: str, name: str = "app") -> None:
        self.write(self.project, **{name: "from note import note\n" + text + APPLICATION})

    def noted(self, pid: int) -> Dict[str, Any]:
        """Return the last that a process wrote down."""
        with open(os.path.join(self.notes, str(pid)), encoding="utf-8") as file:
            found: Dict[str, Any] = json.loads(file.read().splitlines()[-1])
        return found

    @contextlib.contextmanager
    def worker(self, target: str = "app") -> Iterator[Worker]:
        """A worker that has been forked and has loaded its application."""
        pid = self.gateway.fork(target)
        worker = self.gateway.accept()
        try:
            self.assertEqual(worker.pid, pid)
            worker.ready()
            yield worker
        finally:
            worker.close()

    def until_own(self, pid: int, kilobytes: int) -> None:
        """Return when so much of a process's memory is its own."""
        deadline = time.monotonic() + DEADLINE
        own = 0
        while own < kilobytes:
            self.assertLess(time.monotonic(), deadline, f"it has {own} kB")
            time.sleep(0.005)
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                own = sum(int(line.split()[1]) for line in file if line.startswith("Private_Dirty:"))

    def until_gone(self, *pids: int) -> None:
        deadline = time.monotonic() + DEADLINE
        while any(map(alive, pids)):
            self.assertLess(time.monotonic(), deadline, "a process lives on")
            time.sleep(0.005)


class Waiting(ZygoteTestCase):
    """The child that is forked before there is anything to load."""

    def test_it_takes_its_seat_and_loads_when_it_is_told(self) -> None:
        self.write(library="")
        self.application("import library\nnote(text='loaded')")
        self.gateway.prepare("library")
        job = self.gateway.seat()
        worker = self.gateway.accept()
        self.addCleanup(worker.close)
        self.assertEqual(os.listdir(self.notes), [])
        self.assertEqual(self.gateway.order(*job), worker.pid)
        self.assertNotIn("library", worker.ready()["imports"]["modules"])
        self.assertEqual(self.noted(worker.pid), {"text": "loaded"})
        worker.quit()
        self.assertEqual(self.gateway.hear("exited"), {"exited": worker.pid, "status": 0})

    def test_it_finds_what_was_saved_while_it_waited(self) -> None:
        self.application("note(text='old')")
        self.gateway.prepare("wave")
        job = self.gateway.seat()
        worker = self.gateway.accept()
        self.addCleanup(worker.close)
        self.write(self.project, late="")
        self.write(later="")
        self.application("import late, later\nnote(text='new')")
        self.gateway.order(*job)
        worker.ready()
        self.assertEqual(self.noted(worker.pid), {"text": "new"})

    def test_another_takes_its_place_when_more_is_imported_and_nobody_hears_of_it(self) -> None:
        self.application("")
        self.gateway.prepare("wave")
        self.gateway.seat()
        first = self.gateway.accept()
        self.addCleanup(first.close)
        self.gateway.prepare("wave", "json")
        self.until_gone(first.pid)
        job = self.gateway.seat()
        second = self.gateway.accept()
        self.addCleanup(second.close)
        self.assertEqual(self.gateway.order(*job), second.pid)
        second.ready()
        second.quit()
        self.assertEqual(self.gateway.hear("exited")["exited"], second.pid)

    def test_another_does_what_it_was_to_do_if_it_has_died(self) -> None:
        self.application("")
        self.gateway.prepare("wave")
        job = self.gateway.seat()
        first = self.gateway.accept()
        self.addCleanup(first.close)
        os.kill(first.pid, signal.SIGKILL)
        self.assertEqual(first.hear(), (0, None))
        pid = self.gateway.order(*job)
        second = self.gateway.accept()
        self.addCleanup(second.close)
        self.assertEqual(second.pid, pid)
        self.assertNotEqual(pid, first.pid)
        second.ready()

    def test_it_ends_with_the_zygote(self) -> None:
        self.gateway.prepare("wave")
        self.gateway.seat()
        worker = self.gateway.accept()
        self.addCleanup(worker.close)
        self.gateway.socket.shutdown(socket.SHUT_WR)
        self.until_gone(worker.pid, self.gateway.process.pid)

    def test_it_has_memory_of_its_own(self) -> None:
        self.application(
            "import resource, library\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
            "for index in range(0, len(library.large), 4096): library.large[index] = 1\n"
            "note(faults=resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)"
        )
        self.write(library="large = bytearray(b'x') * (32 << 20)")
        self.gateway.prepare("library")
        job = self.gateway.seat()
        worker = self.gateway.accept()
        self.addCleanup(worker.close)
        self.until_own(worker.pid, 34 << 10)
        self.gateway.order(*job)
        worker.ready()
        self.assertLess(self.noted(worker.pid)["faults"], 4096)  # of 8,192 pages


class Forks(ZygoteTestCase):
    def test_a_library_is_imported_once_and_the_application_in_each_worker(self) -> None:
        self.write(library="import os\npid = os.getpid()")
        self.application("import library, os\nnote(library=library.pid)")
        self.assertEqual(self.gateway.prepare("library"), {"prepared": 1})
        pids = []
        for _ in range(2):
            with self.worker() as worker:
                self.assertEqual(self.noted(worker.pid), {"library": self.gateway.process.pid})
                pids.append(worker.pid)
        self.assertEqual(len({self.gateway.process.pid, *pids}), 3)

    def test_whatever_was_saved_last_is_run(self) -> None:
        self.gateway.prepare("wave")
        for text in ("one", "two", "six"):
            self.application(f"note(text={text!r})")
            with self.worker() as worker:
                self.assertEqual(self.noted(worker.pid), {"text": text})

    def test_a_module_that_was_not_there_when_the_zygote_looked(self) -> None:
        self.write(library="try:\n  import late\nexcept ImportError:\n  pass")
        self.gateway.prepare("library")
        self.write(late="")
        self.write(self.project, own="")
        self.application("import late, own\nnote(late=late.__file__)")
        with self.worker() as worker:
            self.assertEqual(self.noted(worker.pid), {"late": os.path.join(self.libraries, "late.py")})

    def test_more_is_imported_later(self) -> None:
        self.write(library="import os\npid = os.getpid()")
        self.application("import library\nnote(library=library.pid)")
        self.assertEqual(self.gateway.prepare("wave"), {"prepared": 1})
        with self.worker() as before:
            self.assertEqual(self.noted(before.pid), {"library": before.pid})
            self.assertEqual(self.gateway.prepare("wave", "library"), {"prepared": 2})
            with self.worker() as after:
                self.assertEqual(self.noted(after.pid), {"library": self.gateway.process.pid})

    def test_the_application_is_the_only_thread_that_threading_knows(self) -> None:
        """gevent's ``patch_all()`` mends the locks of running imports only then."""
        self.application("import threading\nnote(threads=[thread.name for thread in threading.enumerate()])")
        self.gateway.prepare("wave")
        with self.worker() as worker:
            self.assertEqual(self.noted(worker.pid), {"threads": ["MainThread"]})

    def test_a_worker_is_in_the_state_of_one_that_was_started_cold(self) -> None:
        self.application(STATE)
        self.gateway.prepare("wave", "json", "logging.handlers", "ctypes")
        with self.worker() as worker:
            forked = self.noted(worker.pid)
        gateway = self.start()
        for line in gateway.job("app"):
            gateway.say(**line)
        cold_worker = gateway.accept()
        self.addCleanup(cold_worker.close)
        cold_worker.ready()
        cold = self.noted(gateway.process.pid)
        # Two connections, and what it was told on; the cold one opens them meanwhile.
        self.assertLessEqual(forked["descriptors"].pop("socket", 0), 3)
        self.assertLessEqual(cold["descriptors"].pop("socket", 0), 2)
        self.assertEqual(forked, cold)

    def test_random_numbers_differ(self) -> None:
        self.write(library="import random\nrandom.random()")
        self.application("import random, uuid, os\nnote(drawn=[random.random(), uuid.uuid4().hex])")
        self.gateway.prepare("library", "random", "uuid")
        drawn = []
        for _ in range(2):
            with self.worker() as worker:
                drawn += self.noted(worker.pid)["drawn"]
        self.assertEqual(len(set(drawn)), 4)

    def test_threads_start_and_locks_are_free(self) -> None:
        self.application(
            """
import concurrent.futures, logging, threading
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    values = list(pool.map(str, range(10)))
logging.getLogger().addHandler(logging.NullHandler())
logging.warning("takes a lock that all threads share")
note(values=len(values), main=threading.current_thread() is threading.main_thread())
"""
        )
        self.gateway.prepare("logging", "concurrent.futures.thread", "threading")
        with self.worker() as worker:
            self.assertEqual(self.noted(worker.pid), {"values": 10, "main": True})

    def test_programs_that_the_application_starts(self) -> None:
        self.application(
            "import subprocess, sys\n"
            "note(status=subprocess.run([sys.executable, '-c', 'raise SystemExit(3)']).returncode)"
        )
        self.gateway.prepare("subprocess")
        with self.worker() as worker:
            self.assertEqual(self.noted(worker.pid), {"status": 3})

    def test_what_is_to_be_done_at_exit_is_done_once_by_the_worker(self) -> None:
        farewell = (
            "import atexit, os\nfrom note import note\natexit.register(lambda: note(farewell=os.getpid()))\n"
        )
        self.write(library=farewell)
        self.application("import library\n" + farewell)
        self.gateway.prepare("library")
        with self.worker() as worker:
            worker.quit()
            self.assertEqual(self.gateway.hear("exited"), {"exited": worker.pid, "status": 0})
            with open(os.path.join(self.notes, str(worker.pid)), encoding="utf-8") as file:
                self.assertEqual([json.loads(line) for line in file], [{"farewell": worker.pid}] * 2)
        self.gateway.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(self.gateway.process.wait(DEADLINE), 0)
        self.assertEqual(os.listdir(self.notes), [str(worker.pid)])


class Ends(ZygoteTestCase):
    def test_how_a_worker_ended_is_told(self) -> None:
        for text, status in [
            ("os._exit(7)", 7 << 8),
            ("os.kill(os.getpid(), signal.SIGKILL)", int(signal.SIGKILL)),
            ("os.kill(os.getpid(), signal.SIGUSR1)", int(signal.SIGUSR1)),
        ]:
            with self.subTest(text):
                self.application("import os, signal\n" + text)
                pid = self.gateway.fork()
                # It may be quicker than its own connection.
                self.assertEqual(self.gateway.hear("exited"), {"exited": pid, "status": status})

    def test_an_application_that_cannot_be_loaded(self) -> None:
        for text, code in [
            ("import sys; sys.exit(3)", "APPLICATION_IMPORT_FAILED"),
            ("import does_not_exist", "APPLICATION_IMPORT_FAILED"),
            ("def", "APPLICATION_IMPORT_FAILED"),
        ]:
            with self.subTest(text):
                self.application(text)
                pid = self.gateway.fork()
                worker = self.gateway.accept()
                failure = worker.failed()
                self.assertEqual(failure["code"], code)
                self.assertIn(os.path.join(self.project, "app.py"), failure["imports"]["files"])
                self.assertEqual(self.gateway.hear("exited"), {"exited": pid, "status": 0})
                worker.close()

    def test_several_that_end_at_once(self) -> None:
        self.application(
            "import os, time\n"
            "while not os.path.exists(os.environ['NOTES'] + '/go'): time.sleep(0.001)\n"
            "os._exit(1)"
        )
        pids = {self.gateway.fork() for _ in range(4)}
        for _ in range(2 * len(pids)):
            connection, _ = self.gateway._listener.accept()
            self.addCleanup(connection.close)
        with open(os.path.join(self.notes, "go"), "w", encoding="ascii"):
            pass
        told = [self.gateway.hear("exited") for _ in pids]
        self.assertEqual({one["exited"] for one in told}, pids)
        self.assertEqual({one["status"] for one in told}, {1 << 8})

    def test_without_a_gateway_it_ends(self) -> None:
        self.gateway.prepare("wave")
        self.gateway.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(self.gateway.process.wait(DEADLINE), 0)

    def test_a_retired_one_stays_until_the_last_of_its_workers_has_ended(self) -> None:
        self.application("")
        with self.worker() as first, self.worker() as second:
            self.gateway.socket.shutdown(socket.SHUT_WR)
            # The later one first: neither waits for the other.
            for worker in (second, first):
                self.assertTrue(alive(self.gateway.process.pid))
                self.assertTrue(alive(worker.pid))
                worker.quit()
                self.assertEqual(self.gateway.hear("exited"), {"exited": worker.pid, "status": 0})
        self.assertEqual(self.gateway.process.wait(DEADLINE), 0)

    def test_workers_die_with_it(self) -> None:
        self.application("")
        with self.worker() as first, self.worker() as second:
            self.gateway.process.kill()
            self.until_gone(first.pid, second.pid)

    def test_all_die_with_the_gateway(self) -> None:
        self.application("import time\nwhile True: time.sleep(0.01)  # still loading")
        listener = self.gateway  # whose zygote is not used
        load, invitation = listener.job("app")
        script = f"""
import json, socket, subprocess, sys, time
ours, theirs = socket.socketpair()
zygote = subprocess.Popen(
    [sys.executable, "-u", {ENTRY!r}, str(theirs.fileno()), "zygote"], pass_fds=[theirs.fileno()])
theirs.close()
ours.sendall(json.dumps({{"fork": 1, "load": {load!r}, "invitation": {invitation!r}}}).encode() + b"\\n")
print(zygote.pid, json.loads(ours.makefile().readline())["pid"], flush=True)
time.sleep(1000)
"""
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=self.project,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": self.libraries, "NOTES": self.notes},
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        assert process.stdout is not None
        with process.stdout:
            zygote, worker = map(int, process.stdout.readline().split())
        connected = listener.accept()
        self.addCleanup(connected.close)
        self.assertTrue(alive(zygote) and alive(worker))
        process.kill()
        self.until_gone(zygote, worker)
        self.assertEqual(connected.hear(), (0, None))


class Shadows(ZygoteTestCase):
    """A library that was imported ahead has the name of something of the application's own."""

    def starts_anew(self, files: Dict[str, str]) -> bool:
        for name, text in files.items():
            path = os.path.join(self.project, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        self.application("import wave\nnote(wave=wave.__file__)")
        self.gateway.prepare("wave")
        pid = self.gateway.fork()
        first = self.gateway.accept()
        self.addCleanup(first.close)
        ready, _, _ = select.select([first.control, self.gateway._listener], [], [], DEADLINE)
        self.assertTrue(ready)
        # It hangs up when it replaces itself; the next connection is control again, not data.
        anew = first.control in ready and not first.control.recv(1, socket.MSG_PEEK)
        worker = first
        if anew:
            worker = self.gateway.accept(anew=True)
            self.addCleanup(worker.close)
        worker.ready()
        self.assertEqual(worker.pid, pid)
        self.found = str(self.noted(pid)["wave"])
        worker.quit()
        self.assertEqual(self.gateway.hear("exited"), {"exited": pid, "status": 0})
        return anew

    def test_a_module(self) -> None:
        self.assertTrue(self.starts_anew({"wave.py": ""}))
        self.assertEqual(self.found, os.path.join(self.project, "wave.py"))

    def test_a_package(self) -> None:
        self.assertTrue(self.starts_anew({"wave/__init__.py": ""}))
        self.assertEqual(self.found, os.path.join(self.project, "wave", "__init__.py"))

    def test_a_module_of_the_name_of_one_that_describes_errors(self) -> None:
        with open(os.path.join(self.project, "ast.py"), "w", encoding="utf-8") as file:
            file.write("here = __file__")
        self.application("import ast\nnote(ast=ast.here)")
        self.gateway.prepare("wave")
        pid = self.gateway.fork()
        self.addCleanup(self.gateway.accept().close)
        worker = self.gateway.accept(anew=True)
        self.addCleanup(worker.close)
        worker.ready()
        self.assertEqual(self.noted(pid), {"ast": os.path.join(self.project, "ast.py")})

    def test_a_folder_that_is_no_package_and_a_file_that_is_no_module(self) -> None:
        self.assertFalse(self.starts_anew({"wave/data.py": "", "wave.txt": "", "waves.py": ""}))
        self.assertNotIn(self.root, self.found)


class Unfit(ZygoteTestCase):
    """What a fork could not replace a new process for; test_preload.py has the cases."""

    def test_what_no_library_ought_to_do_is_told_with_who_did_it(self) -> None:
        self.write(
            outer="import inner",
            inner="import os\nos.environ['CHANGED'] = 'yes'",
            needy="import app_settings",
            fine="",
        )
        self.assertEqual(
            self.gateway.prepare("outer", "fine", "needy"),
            {
                "unfit": [
                    {"importing": ["outer", "inner"], "problem": "it changed the environment (CHANGED)"},
                    {
                        "importing": ["needy"],
                        "problem": "its import fails outside of the application "
                        "(ModuleNotFoundError: No module named 'app_settings')",
                    },
                ]
            },
        )
        again = self.start("zygote")
        self.assertEqual(again.prepare("fine"), {"prepared": 1})

    def test_one_that_is_of_no_use_is_not_forked(self) -> None:
        self.write(broken="1 / 0")
        self.application("")
        self.gateway.prepare("broken")
        load, invitation = self.gateway.job("app")
        self.gateway.say(fork=1, load=load, invitation=invitation)
        self.assertEqual(self.gateway.hear("failed"), {"failed": 1, "problem": ""})

    def test_it_looks_for_no_more_reasons_when_a_load_waits(self) -> None:
        self.write(
            broken="import os, time\n"
            "while not os.path.exists(os.environ['NOTES'] + '/go'): time.sleep(0.001)\n"
            "1 / 0",
            worse="2 / 0",
        )
        load, invitation = self.gateway.job("app")
        self.gateway.say(prepare=["broken", "worse"])
        self.gateway.say(fork=1, load=load, invitation=invitation)
        with open(os.path.join(self.notes, "go"), "w", encoding="ascii"):
            pass
        (unfit,) = self.gateway.hear("unfit")["unfit"]
        self.assertEqual(unfit["importing"], ["broken"])
        self.assertEqual(self.gateway.hear("failed"), {"failed": 1, "problem": ""})

    def test_workers_are_no_processes_that_a_library_has_started(self) -> None:
        self.application("")
        self.gateway.prepare("wave")
        with self.worker():
            self.assertEqual(self.gateway.prepare("wave", "calendar"), {"prepared": 2})


class Contradictions(ZygoteTestCase):
    """The application sets a variable that a library went by when it was imported ahead."""

    APPLICATION = """
import os, sys
before = os.environ.get("LOUDNESS")
os.environ["LOUDNESS"] = "high"
os.chdir("/")
import library
note(before=before, loudness=library.loudness, folder=first)
"""

    def setUp(self) -> None:
        super().setUp()
        self.write(library="import os\nloudness = os.environ.get('LOUDNESS', 'low')", other="import library")
        self.application("import os\nfirst = os.getcwd()" + self.APPLICATION)
        problem = "it looked up 'LOUDNESS', which the application sets"
        self.unfit = [{"importing": ["other", "library"], "problem": problem}]

    def served_by_a_new_interpreter(self, gateway: Gateway, pid: int) -> Worker:
        before, worker = gateway.accept(), gateway.accept(anew=True)
        self.addCleanup(before.close)
        self.addCleanup(worker.close)
        self.assertEqual((before.pid, worker.pid), (pid, pid))
        return worker

    def test_a_worker_of_a_zygote_starts_anew_and_says_why(self) -> None:
        self.assertEqual(self.gateway.prepare("other", "library"), {"prepared": 2})
        pid = self.gateway.fork()
        worker = self.served_by_a_new_interpreter(self.gateway, pid)
        self.assertEqual(worker.ready()["unfit"], self.unfit)
        self.assertEqual(self.noted(pid), {"before": None, "loudness": "high", "folder": self.project})
        worker.quit()
        self.assertEqual(self.gateway.hear("exited"), {"exited": pid, "status": 0})

    def test_a_spare_interpreter_does_so_too(self) -> None:
        gateway = self.start()
        self.assertEqual(gateway.prepare("other", "library"), {"prepared": 2})
        for line in gateway.job("app"):
            gateway.say(**line)
        worker = self.served_by_a_new_interpreter(gateway, gateway.process.pid)
        self.assertEqual(worker.ready()["unfit"], self.unfit)
        self.assertEqual(self.noted(worker.pid)["loudness"], "high")
        worker.quit()
        self.assertEqual(gateway.process.wait(DEADLINE), 0)

    def test_an_application_that_cannot_be_loaded(self) -> None:
        self.application(self.APPLICATION.replace("note(", "raise KeyError(library.loudness)\nnote("))
        self.gateway.prepare("other", "library")
        worker = self.served_by_a_new_interpreter(self.gateway, self.gateway.fork())
        failure = worker.failed()
        self.assertEqual(failure["unfit"], self.unfit)
        self.assertIn("KeyError: 'high'", failure["message"])

    def test_what_no_library_went_by_is_no_contradiction(self) -> None:
        self.application("import os, library\nos.environ['VOLUME'] = 'high'\nnote(loudness=library.loudness)")
        self.gateway.prepare("other", "library")
        with self.worker() as worker:
            self.assertEqual(self.noted(worker.pid), {"loudness": "low"})


class Spares(ZygoteTestCase):
    def test_a_spare_interpreter_says_when_it_is_ready_and_loads_what_it_is_told_to(self) -> None:
        self.write(library="import time\nwhen = time.perf_counter()")
        self.application("import library, time\nnote(ahead=library.when < time.perf_counter())")
        gateway = self.start()
        self.assertEqual(gateway.prepare("library"), {"prepared": 1})
        for line in gateway.job("app"):
            gateway.say(**line)
        worker = gateway.accept()
        self.addCleanup(worker.close)
        self.assertEqual(worker.ready()["unfit"], [])

    def test_one_that_is_of_no_use_says_so_and_is_replaced_when_it_is_used(self) -> None:
        self.write(needy="import app_settings", library="import os\npid = os.getpid()")
        self.write(self.project, app_settings="")
        self.application("import needy, sys\nnote(library='library' in sys.modules)")
        gateway = self.start()
        (unfit,) = gateway.prepare("library", "needy")["unfit"]
        self.assertEqual(unfit["importing"], ["needy"])
        for line in gateway.job("app"):
            gateway.say(**line)
        before, worker = gateway.accept(), gateway.accept()
        self.addCleanup(before.close)
        self.addCleanup(worker.close)
        worker.ready()
        self.assertEqual(self.noted(worker.pid), {"library": False})


if __name__ == "__main__":
    unittest.main()
