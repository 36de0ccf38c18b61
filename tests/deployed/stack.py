"""The deployment: `sam deploy`, and what CloudFormation says about it afterwards."""

import json
import platform
import subprocess
import sys
from pathlib import Path

PARAMETERS = {
    "ProductName": "Example",
    "AppUrl": "http://localhost:5173",
    "SupportUrl": "https://support.example.com/organizations",
    "SenderAddress": "no-reply@example.com",
    "GradualDeployment": "false",
    # The suite signs in with passwords.
    "PasswordSignIn": "true",
    # The created pool's mails come from SES. An upgrade has to leave that as it is (upgrade.py).
    "UserPoolEmailIdentityArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
    "UserPoolFromAddress": "accounts@example.com",
    "UserPoolReplyToAddress": "help@example.com",
    # The emulator runs the functions as processes of this machine.
    "Architecture": "arm64" if platform.machine() == "aarch64" else "x86_64",
}


class Stack:
    """A stack by its name; `cloud` is MiniStack (emulator.py) or an account (account.py)."""

    def __init__(self, cloud, name: str):
        self.cloud, self.name = cloud, name
        self.cloudformation = cloud.client("cloudformation")

    def deploy(self, root: Path, more_parameters: dict[str, str]):
        """Deploys what .ci/packages left in .aws-sam."""
        # SES sends only for identities that are verified; CloudFormation does not own them.
        if "CREATE" not in self.status():
            self.cloud.client("sesv2").create_email_identity(EmailIdentity="example.com")
        overrides = [f"{name}={value}" for name, value in (PARAMETERS | more_parameters).items()]
        template = f".aws-sam/{PARAMETERS['Architecture']}/template.yaml"
        command = ["sam", "deploy", "--language-extensions", "--template", template, "--stack-name", self.name, "--resolve-s3", "--capabilities",
                   "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", *overrides]
        if subprocess.run(command, cwd=root, env=self.cloud.environment).returncode != 0:
            sys.exit(f"sam deploy failed; MiniStack's last words:\n{self.cloud.tail()}")
        self.read()

    def status(self) -> str:
        try:
            return self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]
        except self.cloudformation.exceptions.ClientError:
            return "none"

    def read(self):
        """What CloudFormation says; everything has to be complete."""
        self.resources = self.resources_of(self.name)
        described = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        self.parameters = {one["ParameterKey"]: one["ParameterValue"] for one in described["Parameters"]}
        incomplete = [one for one in self.resources if not one["ResourceStatus"].endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE"))]
        if incomplete:
            sys.exit(f"{self.name} is {described['StackStatus']}; not complete: {incomplete}")

    def resources_of(self, name: str) -> list[dict]:
        """A stack's resources with those of the stacks nested in it."""
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        nested = [one["PhysicalResourceId"] for one in found if one["ResourceType"] == "AWS::CloudFormation::Stack"]
        return found + [resource for stack in nested for resource in self.resources_of(stack)]

    def print_resources(self):
        kinds = sorted(one["ResourceType"] for one in self.resources)
        print(f"{self.name}: {len(kinds)} resources, all complete")
        for kind in dict.fromkeys(kinds):
            print(f"  {kinds.count(kind):3} {kind}")

    def physical(self, logical: str) -> str | None:
        """The name that a resource got, or None if the stack has none of that logical id."""
        return next((one["PhysicalResourceId"] for one in self.resources if one["LogicalResourceId"] == logical), None)

    def processed_template(self) -> dict:
        """What the SAM transform made of template.yaml."""
        body = self.cloudformation.get_template(StackName=self.name, TemplateStage="Processed")["TemplateBody"]
        return body if isinstance(body, dict) else json.loads(body)

    def function(self, binary: str) -> str:
        """The physical name of the function with this binary (`invitation-mailer`)."""
        logical = "".join(word.capitalize() for word in binary.split("-")) + "Function"
        return self.physical(logical)

    def functions(self) -> list[str]:
        found = [one for one in self.resources if one["ResourceType"] == "AWS::Lambda::Function"]
        return [one["PhysicalResourceId"] for one in found]
