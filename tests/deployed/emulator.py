"""MiniStack as a child process, on a free port and with nothing kept."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.credentials import Credentials

from trigger import PostConfirmation

REGION = "us-east-1"
ACCOUNT = "000000000000"
# MiniStack's own name for whoever may do everything.
ROOT_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Emulator:
    """`with Emulator() as emulator:` - `environment` points SDKs and command lines at it."""

    region = REGION

    def __init__(self, enforces_policies: bool):
        self.folder = tempfile.TemporaryDirectory(prefix="ministack-")
        self.log = open(Path(self.folder.name) / "log", "w", encoding="utf-8")
        self.process = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.environment |= ROOT_CREDENTIALS | {"AWS_ENDPOINT_URL": self.url, "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}
        self.own_environment = self.environment | {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "TMPDIR": self.folder.name,
            "AUTH": "true" if enforces_policies else "false",
            "LOG_LEVEL": "INFO",
        }

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        program = os.environ.get("MINISTACK", "ministack")
        try:
            self.process = subprocess.Popen([program], env=self.own_environment, stdout=self.log, stderr=subprocess.STDOUT,
                                            start_new_session=True)
        except FileNotFoundError:
            sys.exit(f"{program} is not installed: run .ci/ministack, which installs it")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                sys.exit(f"MiniStack ended at once:\n{self.tail()}")
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2).close()
                return
            except OSError:
                time.sleep(0.2)
        sys.exit(f"MiniStack did not answer within a minute:\n{self.tail()}")

    def __exit__(self, *_):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
            # The functions are its children, in its session.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()
        if keep := os.environ.get("MINISTACK_LOG"):
            Path(keep).write_bytes((Path(self.folder.name) / "log").read_bytes())
        self.folder.cleanup()

    def tail(self) -> str:
        return "\n".join((Path(self.folder.name) / "log").read_text(errors="replace").splitlines()[-20:])

    def client(self, service: str):
        credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **credentials)

    def credentials(self) -> Credentials:
        return Credentials("test", "test")

    def endpoint(self, _service: str) -> str:
        return self.url

    def api_url(self, stack) -> str:
        return f"{self.url}/_aws/execute-api/{stack.physical('Api')}/$default"

    def completion(self, stack):
        """What is to be done after an operation of Cognito's has succeeded."""
        return PostConfirmation(self, stack).after

    def mails(self) -> list[dict]:
        """In the shape of the local stack's inbox, oldest first."""
        with urllib.request.urlopen(f"{self.url}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"]
        messages = sorted((one for account in accounts.values() for one in account), key=lambda one: one["Timestamp"])
        return [
            {
                "to": recipient,
                "from": one["Source"],
                "subject": one["Subject"],
                "text": one["BodyText"] or "",
                "html": one["BodyHtml"],
                "at": str(one["Timestamp"]),
            }
            for one in messages
            for recipient in one["To"]
        ]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
