"""Runs infra/preflight against MiniStack, with nothing missing and then with each thing missing, one at a time.

    .ci/preflight [CASE ...]     names, or parts of names

`.ci/preflight` installs what this needs. Most cases put MiniStack into the state in question. Where MiniStack cannot be put there, the
`aws` on the PATH changes the response on its way; the output marks such a case with "made up".
"""

import contextlib
import importlib.machinery
import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "deployed"))

from command_line import Change, CommandLine, Error  # noqa: E402
from emulator import ACCOUNT, REGION, Emulator  # noqa: E402

STACK = "organizations-dev"
NAMES = {"sesv2": "ses", "service-quotas": "servicequotas", "deploy": "codedeploy", "apigatewayv2": "apigateway"}
# What MiniStack lets pass without a permission, or does not have.
NOT_ENFORCED = {"lambda:GetAccountSettings", "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota", "codedeploy:GetDeploymentConfig"}

CASES = {}


def case(*expected, code=1, gone=()):
    """`expected`: the lines that are new against a complete account, in any order, as patterns. `gone`: lines that are missing, the same way."""
    def register(function):
        CASES[function.__name__] = (function, expected, code, gone)
        return function
    return register


class Complete:
    """An account that lacks nothing, and one run of the preflight on it that a case changes beforehand."""

    def __init__(self, world):
        self.world = world
        self.emulator = world.emulator
        self.parameters = dict(world.parameters)
        self.options = []
        self.environment = {}
        self.made_up = False
        self.changes = {
            # MiniStack keeps no suppression list, and has no CodeDeploy.
            "sesv2 get-account": Change(lambda account, _: account | {"SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}}, False),
            "deploy get-deployment-config": Change(lambda *_: {"deploymentConfigInfo": {}}, True),
        }

    def change(self, operation, function):
        """The real response, changed."""
        before = self.changes.get(operation)
        self.made_up = True
        self.changes[operation] = Change(
            lambda answer, arguments: function(before.function(answer, arguments) if before else answer, arguments), False)

    def instead(self, operation, function):
        """MiniStack is not asked."""
        self.made_up = True
        self.changes[operation] = Change(function, True)

    def without(self, *names):
        for name in names:
            del self.parameters[name]

    def pool(self, leave_out=(), **settings):
        """A pool as the template would create it, but for what is said."""
        settings = self.world.pool_settings() | settings
        pool = self.emulator.client("cognito-idp").create_user_pool(**{name: value for name, value in settings.items() if name not in leave_out})["UserPool"]
        client = self.client_of(pool["Id"])
        self.parameters |= {"ExistingUserPoolId": pool["Id"], "ExistingUserPoolClientId": client}

    def client_of(self, pool, **settings):
        settings = {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]} | settings
        return self.emulator.client("cognito-idp").create_user_pool_client(UserPoolId=pool, ClientName="web", **settings)["UserPoolClient"]["ClientId"]

    def move(self, world):
        """To another account, which lacks nothing else."""
        self.world, self.emulator, self.parameters = world, world.emulator, dict(world.parameters)

    def findings(self, result):
        """The lines between the first and the last, with words for the ids that differ from pool to pool."""
        text = "\n".join(result.stdout.splitlines()[1:-1])
        for name, word in {"ExistingUserPoolId": "POOL", "ExistingUserPoolClientId": "CLIENT"}.items():
            text = text.replace(self.parameters.get(name) or "\0", word)
        return text.splitlines()

    def run(self):
        aws, folder = self.world.aws, self.world.folder
        aws.changes = self.changes
        environment = {"PATH": str(folder), "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": self.emulator.url,
                       "AWS_DEFAULT_REGION": REGION} | self.world.credentials | self.environment
        words = [f"{name}={value}" for name, value in self.parameters.items()]
        command = [sys.executable, ROOT / "infra" / "preflight", *self.options, *(["--parameter-overrides", *words] if words else [])]
        environment = {name: value for name, value in environment.items() if value is not None}
        return subprocess.run(command, env=environment, capture_output=True, text=True)


class World:
    """MiniStack with everything that a deployment needs, and a user who may do what docs/deploy.md says."""

    def __init__(self, emulator, aws, folder):
        self.emulator, self.aws, self.folder = emulator, aws, folder
        self.actions = documented_actions()
        self.credentials = self.user("preflight", self.actions)
        ses, sns, acm = (emulator.client(name) for name in ("sesv2", "sns", "acm"))
        ses.create_email_identity(EmailIdentity="example.com")
        self.topic = sns.create_topic(Name="alarms")["TopicArn"]
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:alarms")
        self.certificate = acm.request_certificate(DomainName="api.example.com")["CertificateArn"]
        cognito = emulator.client("cognito-idp")
        pool = cognito.create_user_pool(**self.pool_settings())["UserPool"]["Id"]
        client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
        self.parameters = {
            "AppUrl": "https://app.example.com", "SupportUrl": "https://example.com/support", "SenderAddress": "no-reply@mail.example.com",
            "ExistingUserPoolId": pool, "ExistingUserPoolClientId": client["UserPoolClient"]["ClientId"],
            "ApiDomainName": "api.example.com", "ApiCertificateArn": self.certificate, "AlarmTopicArn": self.topic, "GradualDeployment": "true",
        }

    def pool_settings(self):
        return {
            "PoolName": "customers", "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"],
            "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
            "Schema": [{"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True}],
            "EmailConfiguration": {"EmailSendingAccount": "DEVELOPER", "SourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"},
        }

    def user(self, name, actions):
        """The credentials of a user with these permissions."""
        iam = self.emulator.client("iam")
        iam.create_user(UserName=name)
        statement = {"Effect": "Allow", "Action": [*actions, "sts:GetCallerIdentity"], "Resource": "*"}
        iam.put_user_policy(UserName=name, PolicyName="reads", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def documented_actions():
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    section = page.split("\n## Check the account\n")[1].split("\n## ")[0]
    policy = json.loads(section.split("```json\n")[1].split("```")[0])
    return policy["Statement"][0]["Action"]


# ---------------------------------------------------------------- Lambda

@case(r"blocks Lambda: Only 10 functions can run at the same time.*--quota-code L-B99A9384 --desired-value 1000 --region us-east-1`\.", gone=[r"ok     Lambda: .*"])
def ten_concurrent_executions(it):
    # MiniStack takes its quota from its environment.
    it.move(it.world.new_account)


@case(r"note   Lambda: Only 10 .*", code=0, gone=[r"ok     Lambda: .*"])
def ten_concurrent_executions_for_a_trial(it):
    ten_concurrent_executions(it)
    it.options = ["--trial"]


@case(r"blocks Lambda: Only 10 .* You already requested 1000 \(PENDING\)\. Wait for AWS\.", gone=[r"ok     Lambda: .*"])
def a_quota_that_was_asked_for(it):
    it.change("lambda get-account-settings", lambda answer, _: {"AccountLimit": answer["AccountLimit"] | {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}})
    it.instead("service-quotas list-requested-service-quota-change-history-by-quota",
               lambda *_: {"RequestedQuotas": [{"Status": "DENIED", "DesiredValue": 500.0}, {"Status": "PENDING", "DesiredValue": 1000.0}]})


@case(r"blocks Lambda: Other functions reserve all but 50 of the 1000 .*--desired-value 2000 .*", gone=[r"ok     Lambda: .*"])
def other_functions_reserve_the_quota(it):
    it.change("lambda get-account-settings", lambda answer, _: {"AccountLimit": answer["AccountLimit"] | {"UnreservedConcurrentExecutions": 50}})


# ---------------------------------------------------------------- SES

def account(it, **values):
    it.change("sesv2 get-account", lambda answer, _: answer | values)


PRODUCTION = [r"ok     SES: The account has production access\."]


@case(r"blocks SES: The account is in the sandbox.* `aws sesv2 put-account-details --production-access-enabled .*--website-url https://app\.example\.com .*", gone=PRODUCTION)
def the_sandbox(it):
    account(it, ProductionAccessEnabled=False)


@case(r"note   SES: The account is in the sandbox.*", code=0, gone=PRODUCTION)
def the_sandbox_for_a_trial(it):
    account(it, ProductionAccessEnabled=False)
    it.options = ["--trial"]


@case(r"blocks SES: The account is in the sandbox.* You already requested production access\. Wait for AWS\.", gone=PRODUCTION)
def the_sandbox_under_review(it):
    account(it, ProductionAccessEnabled=False, Details={"ReviewDetails": {"Status": "PENDING", "CaseId": "1"}})


@case(r"blocks SES: The account is in the sandbox.* Reply to case 4711 in the AWS Support Center\.", gone=PRODUCTION)
def production_access_that_was_denied(it):
    account(it, ProductionAccessEnabled=False, Details={"ReviewDetails": {"Status": "DENIED", "CaseId": "4711"}})


@case(r"blocks SES: Sending is paused for this account.* `aws sesv2 put-account-sending-attributes --sending-enabled .*")
def sending_is_paused(it):
    account(it, SendingEnabled=False)


@case(r"blocks SES: AWS has stopped this account's sending \(SHUTDOWN\).*")
def sending_is_stopped_by_aws(it):
    account(it, EnforcementStatus="SHUTDOWN")


@case(r"note   SES: AWS is reviewing this account's sending \(PROBATION\).*", code=0)
def sending_is_under_review(it):
    account(it, EnforcementStatus="PROBATION")


@case(r"blocks SES: The account has sent 200 emails in 24 hours, which is its quota.*", gone=[r"ok     SES: The quota is .*"])
def the_sending_quota_is_used_up(it):
    account(it, SendQuota={"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 200.0})


@case(code=0, gone=[r"ok     SES: The quota is .*"])
def an_unlimited_sending_quota(it):
    account(it, SendQuota={"Max24HourSend": -1.0, "MaxSendRate": 1.0, "SentLast24Hours": 200.0})


@case(r"note   SES: The suppression list leaves out BOUNCE and COMPLAINT.* --suppressed-reasons BOUNCE COMPLAINT .*", code=0, gone=[r"ok     SES: The suppression.*"])
def no_suppression_list(it):
    # As MiniStack is: it keeps none.
    del it.changes["sesv2 get-account"]


@case(r"note   SES: The suppression list leaves out COMPLAINT.*", code=0, gone=[r"ok     SES: The suppression.*"])
def half_a_suppression_list(it):
    account(it, SuppressionAttributes={"SuppressedReasons": ["BOUNCE"]})


# ---------------------------------------------------------------- the sender

SENDER = [r"ok     Sender: .*"]


@case(r"blocks Sender: SES in us-east-1 knows neither no-reply@example\.org nor its domain.* create-email-identity --email-identity example\.org --region us-east-1`\.", gone=SENDER)
def an_unknown_sender(it):
    it.parameters["SenderAddress"] = "no-reply@example.org"


@case(r"ok     Sender: SES may send from ada@example\.net \(identity ada@example\.net\)\.", code=0, gone=SENDER)
def a_verified_address(it):
    it.emulator.client("sesv2").create_email_identity(EmailIdentity="ada@example.net")
    it.parameters["SenderAddress"] = "ada@example.net"


@case(r"blocks Sender: SES knows example\.dev \(PENDING\) in us-east-1, but it is not verified.* get-email-identity --email-identity example\.dev .*", gone=SENDER)
def a_domain_that_is_not_verified_yet(it):
    # MiniStack verifies at once.
    it.emulator.client("sesv2").create_email_identity(EmailIdentity="example.dev")
    pending = {"VerifiedForSendingStatus": False, "VerificationStatus": "PENDING"}
    it.change("sesv2 get-email-identity", lambda answer, arguments: answer | (pending if "example.dev" in arguments else {}))
    it.parameters["SenderAddress"] = "a@example.dev"


@case(r"blocks Sender: SenderAddress has no value.*", gone=SENDER)
def no_sender(it):
    it.without("SenderAddress")


# ---------------------------------------------------------------- the user pool

POOL = [r"ok     User pool: POOL exists.*", r"ok     User pool: Users of POOL sign in by email\.", r"ok     User pool: The post confirmation trigger of POOL is free .*",
        r"ok     Cognito email: .*", r"ok     App client: .*"]
SIGN_IN, TRIGGER, POOL_SENDER, CLIENT = POOL[1:2], POOL[2:3], POOL[3:4], POOL[4:5]


@case(code=0)
def another_complete_pool(it):
    it.pool()


@case(r"blocks Cognito email: The user pool that the stack creates sends through Cognito's own sender, at most 50 emails a day.*", gone=POOL)
def the_stack_creates_the_pool(it):
    it.without("ExistingUserPoolId", "ExistingUserPoolClientId")


@case(r"blocks User pool: POOL does not exist.* list-user-pools .*", gone=POOL)
def a_pool_that_is_not_there(it):
    it.parameters["ExistingUserPoolId"] = "us-east-1_Nothing1"


@case(r"blocks User pool: POOL is in eu-west-1 and the stack in us-east-1.*", gone=POOL)
def a_pool_of_another_region(it):
    it.parameters["ExistingUserPoolId"] = "eu-west-1_Ab1Cd2Ef3"


@case(r"blocks User pool: \S+ does not verify email addresses \(AutoVerifiedAttributes\).*")
def a_pool_that_verifies_nothing(it):
    it.pool(leave_out=["AutoVerifiedAttributes"])


@case(r"blocks User pool: \S+ accepts a changed email address before it is verified \(AttributesRequireVerificationBeforeUpdate\).*")
def a_pool_that_takes_unverified_changes(it):
    it.pool(leave_out=["UserAttributeUpdateSettings"])


@case(r"blocks User pool: Users of \S+ sign in without an email address.*", gone=SIGN_IN)
def a_pool_without_addresses(it):
    it.pool(leave_out=["UsernameAttributes", "Schema"])


@case(r"note   User pool: Users of \S+ do not sign in by email.*", code=0, gone=SIGN_IN)
def a_pool_with_user_names(it):
    it.pool(leave_out=["UsernameAttributes"])


@case(r"note   User pool: \S+ lets only administrators create users.*", code=0)
def a_pool_for_administrators(it):
    it.pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})


OTHER_FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:welcome"


@case(r"blocks User pool: \S+ calls arn:aws:lambda:\S+:function:welcome after a confirmation.*", gone=TRIGGER)
def a_trigger_that_is_taken(it):
    it.pool(LambdaConfig={"PostConfirmation": OTHER_FUNCTION})


@case(r"ok     User pool: \S+ calls this stack's function after a confirmation\.", r"ok     Stack: organizations-adopted is CREATE_COMPLETE and can be updated\.",
      code=0, gone=[*TRIGGER, r"ok     Stack: .*"])
def a_trigger_that_is_the_stacks_own(it):
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"PostConfirmationFunctionArn": {"Value": OTHER_FUNCTION}}}
    it.emulator.client("cloudformation").create_stack(StackName="organizations-adopted", TemplateBody=json.dumps(template))
    wait_for_stack(it.emulator, "organizations-adopted")
    it.options = ["--stack-name", "organizations-adopted"]
    it.pool(LambdaConfig={"PostConfirmation": OTHER_FUNCTION})


@case(r"blocks Cognito email: \S+ sends through Cognito's own sender, at most 50 emails a day.*", gone=POOL_SENDER)
def a_pool_with_cognitos_own_sender(it):
    it.pool(leave_out=["EmailConfiguration"])


@case(r"note   Cognito email: \S+ sends through Cognito's own sender.*", code=0, gone=POOL_SENDER)
def a_pool_with_cognitos_own_sender_for_a_trial(it):
    it.pool(leave_out=["EmailConfiguration"])
    it.options = ["--trial"]


@case(r"blocks Cognito email: SES in us-east-1 knows neither accounts@example\.org nor its domain.*", gone=POOL_SENDER)
def a_pool_whose_sender_is_not_verified(it):
    it.pool(EmailConfiguration={"EmailSendingAccount": "DEVELOPER", "SourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/accounts@example.org"})


@case(r"blocks App client: CLIENT is no app client of \S+, .* list-user-pool-clients --user-pool-id .*", gone=CLIENT)
def a_client_that_is_not_there(it):
    it.parameters["ExistingUserPoolClientId"] = "nothing"


@case(r"blocks App client: \S+ is no app client of \S+, .*", gone=CLIENT)
def a_client_of_another_pool(it):
    client = it.parameters["ExistingUserPoolClientId"]
    it.pool()
    it.parameters["ExistingUserPoolClientId"] = client


@case(r"blocks App client: No one can sign in with \S+: its flows are ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH\..*", gone=CLIENT)
def a_client_without_a_flow_for_users(it):
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    it.parameters["ExistingUserPoolClientId"] = it.client_of(it.parameters["ExistingUserPoolId"], ExplicitAuthFlows=flows)


@case(r"blocks App client: \S+ does not refresh tokens.*")
def a_client_that_does_not_refresh(it):
    it.parameters["ExistingUserPoolClientId"] = it.client_of(it.parameters["ExistingUserPoolId"], ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])


@case(r"note   App client: \S+ has a secret.*", code=0)
def a_client_with_a_secret(it):
    it.parameters["ExistingUserPoolClientId"] = it.client_of(it.parameters["ExistingUserPoolId"], GenerateSecret=True)


@case(r"ok     App client: (?!CLIENT)\S+ belongs to POOL.*", code=0)
def more_clients(it):
    pool = it.parameters["ExistingUserPoolId"]
    it.parameters["AdditionalUserPoolClientIds"] = it.client_of(pool)


@case(r"blocks App client: nothing is no app client of POOL, .*")
def another_client_that_is_not_there(it):
    it.parameters["AdditionalUserPoolClientIds"] = "nothing"


@case(r"blocks App client: ExistingUserPoolClientId and AdditionalUserPoolClientIds name an app client twice\. .*")
def a_client_that_is_named_twice(it):
    it.parameters["AdditionalUserPoolClientIds"] = it.parameters["ExistingUserPoolClientId"]


@case(r"blocks App client: AdditionalUserPoolClientIds names app clients of a user pool that the stack has not created yet\. .*",
      r"blocks Cognito email: The user pool that the stack creates .*", gone=POOL)
def more_clients_before_the_pool(it):
    it.without("ExistingUserPoolId", "ExistingUserPoolClientId")
    it.parameters["AdditionalUserPoolClientIds"] = "nothing"


@case(r"blocks User pool: ExistingUserPoolClientId needs the ExistingUserPoolId.*", r"blocks Cognito email: The user pool that the stack creates .*", gone=POOL)
def a_client_without_a_pool(it):
    it.without("ExistingUserPoolId")


# ---------------------------------------------------------------- the domain

DOMAIN = [r"ok     Domain: .*"]
ASK = r"Request one: `aws acm request-certificate --domain-name {} --validation-method DNS --region us-east-1`\."


@case(r"blocks Domain: api\.example\.org requires a certificate\. " + ASK.format(r"api\.example\.org"), gone=DOMAIN)
def a_domain_without_a_certificate(it):
    it.parameters["ApiDomainName"] = "api.example.org"
    it.without("ApiCertificateArn")


@case(r"blocks Domain: api\.example\.com requires a certificate\. A certificate exists\. Add `--parameter-overrides ApiCertificateArn=arn:aws:acm:\S+`\.", gone=DOMAIN)
def a_certificate_that_was_not_named(it):
    it.without("ApiCertificateArn")


@case(r"blocks Domain: The certificate arn:\S+ does not exist in this account\. A certificate exists\. .*", gone=DOMAIN)
def a_certificate_that_is_not_there(it):
    it.parameters["ApiCertificateArn"] = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-4000-8000-000000000000"


@case(r"blocks Domain: The certificate is in eu-west-1\. API Gateway requires one in the Region of the stack, us-east-1\. .*", gone=DOMAIN)
def a_certificate_of_another_region(it):
    it.parameters["ApiCertificateArn"] = it.world.certificate.replace(REGION, "eu-west-1")


@case(r"blocks Domain: The certificate is for example\.org and does not cover api\.example\.com\. A certificate exists\. .*", gone=DOMAIN)
def a_certificate_for_another_name(it):
    it.parameters["ApiCertificateArn"] = it.emulator.client("acm").request_certificate(DomainName="example.org")["CertificateArn"]


@case(r"ok     Domain: The certificate for api\.wild\.example is issued\.", code=0, gone=DOMAIN)
def a_certificate_with_a_wildcard(it):
    it.parameters |= {"ApiDomainName": "api.wild.example",
                      "ApiCertificateArn": it.emulator.client("acm").request_certificate(DomainName="*.wild.example")["CertificateArn"]}


@case(r"blocks Domain: The certificate is for \*\.deep\.example and does not cover api\.eu\.deep\.example\. Request one: .*", gone=DOMAIN)
def a_wildcard_that_is_not_deep_enough(it):
    it.parameters |= {"ApiDomainName": "api.eu.deep.example",
                      "ApiCertificateArn": it.emulator.client("acm").request_certificate(DomainName="*.deep.example")["CertificateArn"]}


# MiniStack issues at once.
def certificate_status(it, status):
    it.change("acm describe-certificate", lambda answer, _: {"Certificate": answer["Certificate"] | {"Status": status}})


@case(r"blocks Domain: The certificate is not issued yet \(PENDING_VALIDATION\).* --query Certificate\.DomainValidationOptions .*", gone=DOMAIN)
def a_certificate_that_is_not_issued_yet(it):
    certificate_status(it, "PENDING_VALIDATION")


@case(r"blocks Domain: The certificate's status is EXPIRED, .*", gone=DOMAIN)
def a_certificate_that_is_expired(it):
    certificate_status(it, "EXPIRED")


@case(r"ok     Domain: .*", r"blocks Domain: The domain name taken\.example already exists in API Gateway.* get-api-mappings --domain-name taken\.example .*", gone=DOMAIN)
def a_domain_that_is_taken(it):
    it.emulator.client("apigatewayv2").create_domain_name(DomainName="taken.example")
    it.parameters |= {"ApiDomainName": "taken.example",
                      "ApiCertificateArn": it.emulator.client("acm").request_certificate(DomainName="taken.example")["CertificateArn"]}


@case(r"note   Domain: ApiCertificateArn does nothing without ApiDomainName\.", code=0, gone=DOMAIN)
def a_certificate_without_a_domain(it):
    it.without("ApiDomainName")


# ---------------------------------------------------------------- alarms

ALARMS = [r"ok     Alarms: .*"]


@case(r"note   Alarms: Without AlarmTopicArn no one hears of an alarm.* `aws sns create-topic --name organizations-alarms .*", code=0, gone=ALARMS)
def no_topic(it):
    it.without("AlarmTopicArn")


@case(r"blocks Alarms: The topic arn:\S+:nothing does not exist.* create-topic --name nothing .*", gone=ALARMS)
def a_topic_that_is_not_there(it):
    it.parameters["AlarmTopicArn"] = f"arn:aws:sns:{REGION}:{ACCOUNT}:nothing"


@case(r"blocks Alarms: The topic is in eu-west-1\..*", gone=ALARMS)
def a_topic_of_another_region(it):
    it.parameters["AlarmTopicArn"] = it.world.topic.replace(REGION, "eu-west-1")


@case(r"note   Alarms: The topic has no confirmed subscription \(0 pending\).* sns subscribe --topic-arn .*", code=0, gone=ALARMS)
def a_topic_without_subscribers(it):
    it.parameters["AlarmTopicArn"] = it.emulator.client("sns").create_topic(Name="unheard")["TopicArn"]


@case(r"blocks Alarms: The topic is encrypted with the key alias/aws/sns.*", gone=ALARMS)
def a_topic_that_cloudwatch_cannot_use(it):
    topic = it.emulator.client("sns").create_topic(Name="encrypted", Attributes={"KmsMasterKeyId": "alias/aws/sns"})["TopicArn"]
    it.parameters["AlarmTopicArn"] = topic


# ---------------------------------------------------------------- stacks, CodeDeploy, tools, credentials

def wait_for_stack(emulator, name):
    """MiniStack creates stacks in the background."""
    deadline = time.monotonic() + 30
    while emulator.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] != "CREATE_COMPLETE":
        if time.monotonic() > deadline:
            sys.exit(f"MiniStack did not create the stack {name}")
        time.sleep(0.1)


def stack_status(it, name, status):
    def answer(_, arguments):
        if arguments[arguments.index("--stack-name") + 1] == name:
            return {"Stacks": [{"StackName": name, "StackStatus": status}]}
        raise Error("ValidationError", "Stack with id x does not exist")
    it.instead("cloudformation describe-stacks", answer)


STACK_LINE = [r"ok     Stack: .*"]


@case(r"blocks Stack: organizations-dev is ROLLBACK_COMPLETE.* delete-stack --stack-name organizations-dev .*", gone=STACK_LINE)
def a_stack_that_failed_to_create(it):
    stack_status(it, STACK, "ROLLBACK_COMPLETE")


@case(r"blocks Stack: organizations-dev is UPDATE_ROLLBACK_FAILED.* continue-update-rollback .*", gone=STACK_LINE)
def a_stack_that_failed_to_roll_back(it):
    stack_status(it, STACK, "UPDATE_ROLLBACK_FAILED")


@case(r"blocks Stack: organizations-dev is UPDATE_IN_PROGRESS, because another deployment is running.*", gone=STACK_LINE)
def a_stack_that_is_being_updated(it):
    stack_status(it, STACK, "UPDATE_IN_PROGRESS")


@case(r"blocks SAM: aws-sam-cli-managed-default is ROLLBACK_COMPLETE.*", gone=[r"ok     SAM: .*"])
def a_bucket_of_sam_that_failed(it):
    stack_status(it, "aws-sam-cli-managed-default", "ROLLBACK_COMPLETE")


@case(r"blocks CodeDeploy: It has no CodeDeployDefault\.LambdaCanary10Percent5Minutes in us-east-1.*", gone=[r"ok     CodeDeploy: .*"])
def a_deployment_type_that_is_not_there(it):
    def unknown(*_):
        raise Error("DeploymentConfigDoesNotExistException")
    it.instead("deploy get-deployment-config", unknown)


@case(code=0, gone=[r"ok     CodeDeploy: .*"])
def without_a_gradual_deployment_nobody_asks_codedeploy(it):
    it.parameters["GradualDeployment"] = "false"
    del it.changes["deploy get-deployment-config"]


@case(r"note   This machine: sam is not on the PATH.* `pip install aws-sam-cli`\.", code=0)
def no_sam(it):
    hide(it, "sam")


@case(r"note   This machine: cargo-lambda is not on the PATH.*", code=0)
def no_cargo_lambda(it):
    hide(it, "cargo-lambda")


def hide(it, tool):
    path = it.world.folder / f"without-{tool}"
    path.mkdir()
    for other in {"aws", "sam", "cargo-lambda"} - {tool}:
        (path / other).symlink_to(it.world.folder / other)
    it.environment = {"PATH": str(path)}


@case(r"note   Parameters: AppUrl and SupportUrl have no value yet.*", code=0)
def parameters_without_a_value(it):
    it.without("AppUrl", "SupportUrl")


@case(r"blocks Sender: SenderAddress has no value.*", r"note   Parameters: AppUrl and SupportUrl have no value yet.*", r"blocks Cognito email: The user pool that .*",
      r"note   Alarms: Without AlarmTopicArn .*", r"ok     Stack: There is no stack organizations-prod yet.*", gone=[*SENDER, *POOL, *DOMAIN, *ALARMS, *STACK_LINE])
def what_samconfig_says(it):
    # Of its parameters, GradualDeployment=true lets the line of CodeDeploy stay.
    it.parameters = {}
    it.options = ["--config-env", "prod"]


@case(r"note   Credentials: You use the root user of the account\..*", code=0)
def the_root_user(it):
    it.environment = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@case(r"blocks Alarms: AWS did not answer this check: An error occurred \(Throttling\) .*", gone=ALARMS)
def a_service_that_does_not_answer(it):
    def throttled(*_):
        raise Error("Throttling")
    it.instead("sns get-topic-attributes", throttled)


# ---------------------------------------------------------------- what ends the command at once

ENDINGS = {
    "no_aws_command_line": (lambda it: setattr(it, "environment", {"PATH": "/nowhere"}), r"infra/preflight: the aws command line is not on the PATH\. .*"),
    "no_credentials": (lambda it: setattr(it, "environment", {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}),
                       r"infra/preflight: AWS accepts no credentials: Unable to locate credentials.*"),
    "credentials_that_expired": (lambda it: it.instead("sts get-caller-identity", expired), r"infra/preflight: AWS accepts no credentials: .*ExpiredToken.*"),
    "no_region": (lambda it: setattr(it, "environment", {"AWS_DEFAULT_REGION": None}), r"infra/preflight: no Region is set\. Add --region, .*"),
    "a_parameter_that_is_not_there": (lambda it: it.parameters.update(SenderEmail="a@example.com"), r"infra/preflight: template\.yaml has no parameter SenderEmail\. Check its spelling"),
    "something_that_is_no_parameter": (lambda it: setattr(it, "options", ["--parameter-overrides", "prod"]), r"infra/preflight: prod is not NAME=VALUE\. Separate name and value with ="),
    "an_environment_that_is_not_there": (lambda it: setattr(it, "options", ["--config-env", "nowhere"]), r"infra/preflight: samconfig\.toml has no environment nowhere: .*"),
}


def expired(*_):
    raise Error("ExpiredToken", "The security token included in the request is expired")


def check_ending(it, prepare, pattern):
    prepare(it)
    if "--parameter-overrides" in it.options:
        it.parameters = {}
    result = it.run()
    lines = result.stderr.splitlines()
    if result.returncode != 2 or result.stdout or len(lines) != 1 or not re.fullmatch(pattern, lines[0]):
        raise AssertionError(f"exit code {result.returncode}, expected 2 and one line like {pattern}\n{result.stdout}{result.stderr}")


# ---------------------------------------------------------------- permissions

def check_permission(world, action):
    """Without the permission, a line says so, names the action and blocks."""
    it = Complete(world)
    it.environment = world.user(f"without-{action.replace(':', '-')}", [other for other in world.actions if other != action])
    if action == "acm:ListCertificates":
        it.without("ApiCertificateArn")
    name = action.split(":")[1]
    if action in NOT_ENFORCED:
        # Asked only where the quota is low; it tells what was asked for before, and nothing else depends on it.
        if action.startswith("servicequotas"):
            ten = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
            it.change("lambda get-account-settings", lambda answer, _: {"AccountLimit": ten})
            it.instead("service-quotas list-requested-service-quota-change-history-by-quota", denied)
            expect(it, [r"blocks Lambda: Only 10 .*"])
            return True
        operation = {"lambda:GetAccountSettings": "lambda get-account-settings", "codedeploy:GetDeploymentConfig": "deploy get-deployment-config"}[action]
        it.instead(operation, denied)
    expect(it, [rf"blocks [\w ]+: Your credentials do not allow this check: .*{'GetDomainName' if name == 'GET' else name}.*; docs/deploy\.md lists .*"])
    return it.made_up


def denied(*_):
    raise Error("AccessDeniedException", "not authorized")


def expect(it, patterns):
    result = it.run()
    lines = result.stdout.splitlines()
    missing = [pattern for pattern in patterns if not any(re.fullmatch(pattern, line) for line in lines)]
    if missing or result.returncode != 1:
        raise AssertionError(f"exit code {result.returncode}, no line like {missing}\n{result.stdout}{result.stderr}")


# ---------------------------------------------------------------- the run

def check_case(world, function, expected, code, gone):
    """Compares with a complete account: exactly the expected lines are new, and exactly the named ones are gone."""
    it = Complete(world)
    function(it)
    result = it.run()
    before, after = world.complete, it.findings(result)
    new, lost = [line for line in after if line not in before], [line for line in before if line not in after]
    problems = [f"exit code {result.returncode}, expected {code}"] if result.returncode != code else []
    problems += unmatched("new", expected, new) + unmatched("gone", gone, lost)
    if problems:
        raise AssertionError("\n".join(problems) + f"\n{result.stdout}{result.stderr}")
    return it.made_up


def unmatched(what, patterns, lines):
    left = list(lines)
    problems = []
    for pattern in patterns:
        found = next((line for line in left if re.fullmatch(pattern, line)), None)
        if found is None:
            problems.append(f"no {what} line like {pattern}")
        else:
            left.remove(found)
    return problems + [f"not expected to be {what}: {line}" for line in left]


def check_complete(world):
    """Nothing is missing: nothing blocks, nothing is to be noted."""
    it = Complete(world)
    result = it.run()
    world.complete = it.findings(result)
    last = result.stdout.splitlines()[-1:]
    if result.returncode != 0 or last != ["0 block, 0 to note"] or len(world.complete) < 12:
        raise AssertionError(f"exit code {result.returncode}\n{result.stdout}{result.stderr}")


def check_only_reads(world):
    """What was called is what docs/deploy.md lists, reads, and nothing else."""
    called = {name for name in world.aws.calls if name not in ("configure get", "sts get-caller-identity")}
    writing = [name for name in called if not name.split()[1].startswith(("get-", "list-", "describe-"))]
    if writing:
        raise AssertionError(f"these do not only read: {writing}")

    def action(name):
        service, operation = name.split()
        words = "GET" if service == "apigatewayv2" else "".join(word.capitalize() for word in operation.split("-"))
        return f"{NAMES.get(service, service)}:{words}"

    if {action(name) for name in called} != set(world.actions):
        raise AssertionError(f"called: {sorted(map(action, called))}\ndocumented: {sorted(world.actions)}")
    loader = importlib.machinery.SourceFileLoader("preflight", str(ROOT / "infra" / "preflight"))
    preflight = importlib.util.module_from_spec(importlib.util.spec_from_loader("preflight", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(preflight)
    with contextlib.suppress(AssertionError):
        preflight.Account(REGION, None).read("sns", "delete-topic")
        raise SystemExit("infra/preflight would call what does not read")


def check_pool_sender(_):
    """The parameter that infra/preflight looks at is the template's, once the template has one."""
    template, script = ((ROOT / name).read_text(encoding="utf-8") for name in ("template.yaml", "infra/preflight"))
    name = re.search(r'^POOL_SENDER = "(\w+)"$', script, re.M).group(1)
    if "EmailConfiguration" in template and f"\n  {name}:\n" not in template:
        raise AssertionError(f"template.yaml sets EmailConfiguration and has no parameter {name}: correct POOL_SENDER in infra/preflight")


def main(wanted):
    os.environ["LAMBDA_ACCOUNT_CONCURRENCY"] = "1000"
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="preflight-")))
        for tool in ("sam", "cargo-lambda"):
            (folder / tool).write_text("#!/bin/sh\n")
            (folder / tool).chmod(0o755)
        aws = stack.enter_context(CommandLine(folder))
        world = World(stack.enter_context(Emulator(enforces_policies=True)), aws, folder)
        os.environ["LAMBDA_ACCOUNT_CONCURRENCY"] = "10"
        world.new_account = World(stack.enter_context(Emulator(enforces_policies=True)), aws, folder)
        checks = {name: (lambda parts=parts: check_case(world, *parts)) for name, parts in CASES.items()}
        checks |= {name: (lambda parts=parts: check_ending(Complete(world), *parts)) for name, parts in ENDINGS.items()}
        checks |= {f"without {action}": (lambda action=action: check_permission(world, action)) for action in world.actions}
        checks |= {"the parameter of a created pool's sender": lambda: check_pool_sender(world)}
        if not wanted:
            checks |= {"only reads, and what docs/deploy.md lists": lambda: check_only_reads(world)}
        checks = {name: check for name, check in checks.items() if not wanted or any(part in name for part in wanted)}
        return run({"nothing is missing": lambda: check_complete(world)} | checks)


def run(checks):
    failed, started = 0, time.monotonic()
    for name, check in checks.items():
        try:
            print(f"{name} ... ok{' (made up)' if check() else ''}", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"{name} ... FAILED\n{error}", flush=True)
    print(f"{len(checks) - failed} passed, {failed} failed, in {time.monotonic() - started:.0f} s")
    return 1 if failed or not checks else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
