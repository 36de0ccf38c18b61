"""A stack in an AWS account, with the credentials and the region of the environment.

Invitations carry their secret in the mail alone, so the suite has to read mail: a domain whose mail SES receives and a receipt rule
that puts it into a bucket. Cognito's own mails arrive there as well.
"""

import email
import email.policy
import threading
from datetime import datetime, timedelta, timezone

import boto3


class Account:
    def __init__(self, inbox: str):
        # Older mail is of other runs. S3 knows whole seconds.
        self.started = datetime.now(timezone.utc) - timedelta(seconds=2)
        self.session = boto3.Session()
        self.region = self.session.region_name
        self.bucket, _, self.prefix = inbox.removeprefix("s3://").partition("/")
        self.read, self.clients, self.lock = {}, {}, threading.Lock()

    def client(self, service: str):
        """A client may be shared by threads, making one may not."""
        with self.lock:
            if service not in self.clients:
                self.clients[service] = self.session.client(service)
            return self.clients[service]

    def credentials(self):
        return self.session.get_credentials().get_frozen_credentials()

    def endpoint(self, service: str) -> str:
        return self.client(service).meta.endpoint_url

    def api_url(self, stack) -> str:
        return stack.outputs["ApiUrl"]

    def completion(self, _stack):
        """Cognito does by itself what it has to."""
        return lambda _operation, _request: None

    def mails(self) -> list[dict]:
        """In the shape of the local stack's inbox, oldest first. Each object is read once."""
        s3 = self.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for entry in [entry for page in pages for entry in page.get("Contents", [])]:
            if entry["LastModified"] > self.started and entry["Key"] not in self.read:
                content = s3.get_object(Bucket=self.bucket, Key=entry["Key"])["Body"].read()
                with self.lock:
                    self.read[entry["Key"]] = as_mail(content, entry["LastModified"].isoformat())
        with self.lock:
            return sorted(self.read.values(), key=lambda mail: mail["at"])


def as_mail(content: bytes, at: str) -> dict:
    message = email.message_from_bytes(content, policy=email.policy.default)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "to": message["To"].addresses[0].addr_spec,
        "from": str(message["From"]),
        "subject": str(message["Subject"]),
        "text": plain.get_content() if plain else "",
        "html": html.get_content() if html else None,
        "at": at,
    }
