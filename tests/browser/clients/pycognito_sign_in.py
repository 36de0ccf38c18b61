"""pycognito signs in with a proof of the password and renews the session."""

import json
import os
import urllib.request
import uuid

import boto3
from botocore.exceptions import ClientError
from pycognito import Cognito

ENDPOINT = os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
PASSWORD = "a long pass phrase"


def get(path):
    with urllib.request.urlopen(ENDPOINT + path) as answer:
        return json.load(answer)


config = get("/_local/config.json")
client = boto3.client(
    "cognito-idp",
    endpoint_url=ENDPOINT,
    region_name=config["region"],
    aws_access_key_id="any",
    aws_secret_access_key="any",
)


def user(email):
    made = Cognito(config["userPoolId"], config["userPoolClientId"], config["region"], username=email)
    made.client = client
    # It reads the keys from AWS otherwise.
    made.pool_jwk = get(f"/{config['userPoolId']}/.well-known/jwks.json")
    return made


email = f"u{uuid.uuid4().hex}@example.com"
user(email).register(email, PASSWORD)
code = get(f"/_local/inbox.json?to={email}")["items"][-1]["text"].split()[-1]
user(email).confirm_sign_up(code, username=email)

try:
    user(email).authenticate("wrong pass phrase")
    raise SystemExit("a wrong password signed in")
except ClientError as error:
    assert error.response["Error"]["Code"] == "NotAuthorizedException", error

signed_in = user(email)
signed_in.authenticate(PASSWORD)
first = signed_in.access_token
signed_in.renew_access_token()
assert signed_in.access_token != first
assert signed_in.get_user().email == email
print("pycognito: signed in, renewed")
