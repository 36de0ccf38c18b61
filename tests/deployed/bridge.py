"""Stands between the suite and a deployment, and looks to the suite like the local stack does.

- `/_local/config.json` and `/_local/inbox.json`: where everything is, and the mails so far.
- Cognito's API: passed on, and what MiniStack leaves undone is done (trigger.py).
- The Lambda Invoke API: passed on, under the names that the suite knows the functions by.
- The HTTP API: in MiniStack behind a path, so passed on from a port of its own.
"""

import json
import threading
import time
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
SIGNATURE = {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}


class Bridge:
    """`cloud` is MiniStack (emulator.py) or an account (account.py)."""

    def __init__(self, cloud, stack):
        self.cloud, self.stack = cloud, stack
        self.after_cognito = cloud.completion(stack)
        self.aws = Server(self, AwsHandler)
        self.api = Server(self, ApiHandler)
        self.configuration_url = f"{self.aws.url}/_local/config.json"
        self.configuration = {
            "apiUrl": self.api.url,
            "awsEndpointUrl": self.aws.url,
            "region": cloud.region,
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

    def pass_on(self, url: str, headers: dict, body: bytes):
        parts = urlsplit(url)
        connection = (HTTPSConnection if parts.scheme == "https" else HTTPConnection)(parts.netloc, timeout=60)
        try:
            connection.request(self.command, url.removeprefix(f"{parts.scheme}://{parts.netloc}"), body, headers)
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
        bridge = self.server.bridge
        return self.pass_on(bridge.cloud.api_url(bridge.stack) + self.path, self.own_headers(set()), body)


class AwsHandler(Handler):
    def handle_request(self, body: bytes):
        bridge = self.server.bridge
        if self.path == "/_local/config.json":
            return as_json(bridge.configuration)
        if self.path == "/_local/inbox.json":
            return as_json({"items": bridge.cloud.mails()})
        if self.path.startswith("/2015-03-31/functions/"):
            return self.invoke(body)
        operation = self.headers.get("X-Amz-Target", "").removeprefix("AWSCognitoIdentityProviderService.")
        if not operation:
            return as_json({"message": "not bridged"}, 404)
        answer = self.signed("cognito-idp", "/", body)
        # MiniStack's own threads trip over one another now and then; nothing has been done yet when they do.
        for _ in range(5):
            if answer[0] != 500 or b"dictionary changed size during iteration" not in answer[2]:
                break
            time.sleep(0.05)
            answer = self.signed("cognito-idp", "/", body)
        if answer[0] == 200:
            bridge.after_cognito(operation, json.loads(body))
        return answer

    def invoke(self, body: bytes):
        binary = self.path.split("/")[3]
        name = self.server.bridge.stack.function(binary)
        return self.signed("lambda", f"/2015-03-31/functions/{name}/invocations", body)

    def signed(self, service: str, path: str, body: bytes):
        """With the cloud's credentials: what the suite signs with is for the local stack, which checks none."""
        cloud = self.server.bridge.cloud
        url = cloud.endpoint(service) + path
        headers = self.own_headers(SIGNATURE | {"user-agent", "amz-sdk-invocation-id", "amz-sdk-request"})
        request = AWSRequest(self.command, url, data=body, headers=headers)
        SigV4Auth(cloud.credentials(), service, cloud.region).add_auth(request)
        return self.pass_on(url, dict(request.headers.items()), body)


def as_json(document: dict, status: int = 200):
    return status, [("Content-Type", "application/json")], json.dumps(document).encode()
