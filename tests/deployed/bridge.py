"""Stands between the suite and MiniStack, and looks to the suite like the local stack does.

- `/_local/config.json` and `/_local/inbox.json`: where everything is, and the mails so far.
- Cognito's API: passed on, and the post-confirmation trigger called where MiniStack does not (trigger.py).
- The Lambda Invoke API: passed on, under the names that the suite knows the functions by.
- The HTTP API: passed on to the deployed API on a port of its own, as its address has no path.
"""

import json
import threading
import urllib.request
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from emulator import REGION
from trigger import PostConfirmation

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
SIGNATURE = {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}


class Bridge:
    def __init__(self, emulator, stack):
        self.emulator, self.stack = emulator, stack
        self.trigger = PostConfirmation(emulator, stack)
        self.aws = Server(self, AwsHandler)
        self.api = Server(self, ApiHandler)
        self.configuration_url = f"{self.aws.url}/_local/config.json"
        self.configuration = {
            "apiUrl": self.api.url,
            "awsEndpointUrl": self.aws.url,
            "region": REGION,
            "userPoolId": stack.outputs["UserPoolId"],
            "userPoolClientId": stack.outputs["UserPoolClientId"],
            "tableName": stack.outputs["TableName"],
            "functions": stack.functions(),
        }

    def __enter__(self):
        for server in (self.aws, self.api):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in (self.aws, self.api):
            server.shutdown()
            server.server_close()

    def wait(self) -> int:
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0

    def inbox(self) -> dict:
        with urllib.request.urlopen(f"{self.emulator.url}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"]
        messages = sorted((one for account in accounts.values() for one in account), key=lambda one: one["Timestamp"])
        return {"items": [
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
        ]}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, bridge, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.bridge = bridge
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, headers, answer = self.handle_request(body)
        except Exception as error:  # the suite shall see what went wrong here, not a lost connection
            status, headers, answer = 599, {}, f"the bridge failed: {error!r}".encode()
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_any

    def log_message(self, *_):
        pass

    def pass_on(self, path: str, headers: dict, body: bytes):
        connection = HTTPConnection("127.0.0.1", self.server.bridge.emulator.port, timeout=60)
        try:
            connection.request(self.command, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
            return answer.status, kept, content
        finally:
            connection.close()

    def own_headers(self, without: set[str]) -> dict:
        return {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP | without}


class ApiHandler(Handler):
    def handle_request(self, body: bytes):
        api = self.server.bridge.stack.physical("Api")
        return self.pass_on(f"/_aws/execute-api/{api}/$default{self.path}", self.own_headers(set()), body)


class AwsHandler(Handler):
    def handle_request(self, body: bytes):
        bridge = self.server.bridge
        if self.path == "/_local/config.json":
            return as_json(bridge.configuration)
        if self.path == "/_local/inbox.json":
            return as_json(bridge.inbox())
        if self.path.startswith("/2015-03-31/functions/"):
            return self.invoke(body)
        operation = self.headers.get("X-Amz-Target", "").removeprefix("AWSCognitoIdentityProviderService.")
        if not operation:
            return as_json({"message": "not bridged"}, 404)
        answer = self.signed("cognito-idp", "/", body)
        # MiniStack's own threads trip over one another now and then; nothing has been done yet when they do.
        while answer[0] == 500 and b"dictionary changed size during iteration" in answer[2]:
            answer = self.signed("cognito-idp", "/", body)
        if answer[0] == 200:
            bridge.trigger.after(operation, json.loads(body))
        return answer

    def invoke(self, body: bytes):
        binary = self.path.split("/")[3]
        name = self.server.bridge.stack.function(binary)
        return self.signed("lambda", f"/2015-03-31/functions/{name}/invocations", body)

    def signed(self, service: str, path: str, body: bytes):
        """With MiniStack's own credentials: what the suite signs with is for the local stack, which checks none."""
        headers = self.own_headers(SIGNATURE | {"user-agent", "amz-sdk-invocation-id", "amz-sdk-request"})
        request = AWSRequest(self.command, f"{self.server.bridge.emulator.url}{path}", data=body, headers=headers)
        SigV4Auth(Credentials("test", "test"), service, REGION).add_auth(request)
        return self.pass_on(path, dict(request.headers.items()), body)


def as_json(document: dict, status: int = 200):
    return status, [("Content-Type", "application/json")], json.dumps(document).encode()
