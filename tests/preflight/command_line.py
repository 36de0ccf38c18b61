"""An `aws` for the PATH: the code of the real command line, loaded once, whose responses a case can change.

Starting the real one takes about a second of processor time, and the cases make some eight hundred calls. So the `aws` on the PATH only
hands its arguments over to this process. Every call is recorded.
"""

import contextlib
import io
import json
import os
import socketserver
import sys
import threading
from pathlib import Path

import awscli.clidriver

SHIM = """#!{python} -ES
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({socket!r})
    names = [name for name in os.environ if name.startswith("AWS_")]
    server.sendall(json.dumps([sys.argv[1:], {{name: os.environ[name] for name in names}}]).encode() + b"\\n")
    answer = json.loads(server.makefile().readline())
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.exit(answer["code"])
"""


class Error(Exception):
    """What AWS returns instead of a response."""

    def __init__(self, code, message="made up"):
        super().__init__(message)
        self.code = code

    def text(self, operation):
        name = "".join(word.capitalize() for word in operation.split("-"))
        return f"\nAn error occurred ({self.code}) when calling the {name} operation: {self}\n"


class CommandLine:
    """`with CommandLine(folder) as aws:` - `folder` is then a PATH with an `aws` on it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.calls = []
        # By "service operation": what to return instead, a function of the real response or of None where MiniStack is not asked.
        self.changes = {}
        self.drivers = {}
        self.lock = threading.Lock()
        path = str(folder / "socket")
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                arguments, environment = json.loads(self.rfile.readline())
                code, out, err = outer.run(arguments, environment)
                self.wfile.write(json.dumps({"code": code, "out": out, "err": err}).encode() + b"\n")

        self.server = socketserver.ThreadingUnixStreamServer(path, Handler)
        shim = folder / "aws"
        shim.write_text(SHIM.format(python=sys.executable, socket=path))
        shim.chmod(0o755)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def run(self, arguments, environment):
        name = " ".join(arguments[:2])
        with self.lock:
            self.calls.append(name)
            change = self.changes.get(name)
            code, out, err = (0, "null", "") if change and change.instead else self.real(arguments, environment)
            if change and code == 0:
                try:
                    out = json.dumps(change.function(json.loads(out), arguments))
                except Error as error:
                    code, out, err = 255, "", error.text(arguments[1])
            return code, out, err

    def real(self, arguments, environment):
        for stale in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_DATA_PATH"]:
            del os.environ[stale]  # AWS_DATA_PATH is the command line's own.
        os.environ.update(environment)
        key = environment.get("AWS_ACCESS_KEY_ID")
        if key not in self.drivers:
            self.drivers[key] = awscli.clidriver.create_clidriver()
            self.drivers[key].session.get_credentials()
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = self.drivers[key].main(arguments)
            except SystemExit as end:
                code = end.code
        return code, out.getvalue(), err.getvalue()


class Change:
    """Changes the real response, or takes its place (`instead`)."""

    def __init__(self, function, instead):
        self.function = function
        self.instead = instead
