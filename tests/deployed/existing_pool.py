"""A user pool that a product has already, with an app client: what the template adopts with `--adopt`."""

import subprocess
import sys


class ExistingPool:
    def __init__(self, emulator):
        self.emulator = emulator
        self.cognito = emulator.client("cognito-idp")
        self.pool = self.cognito.create_user_pool(
            PoolName="somebody-elses",
            UsernameAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": False},
            AutoVerifiedAttributes=["email"],
            UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
            Policies={"PasswordPolicy": {"MinimumLength": 8, "RequireLowercase": False, "RequireUppercase": False,
                                         "RequireNumbers": False, "RequireSymbols": False}},
            Schema=[
                {"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True},
                {"Name": "organization_name", "AttributeDataType": "String", "Mutable": True,
                 "StringAttributeConstraints": {"MinLength": "0", "MaxLength": "200"}},
            ],
        )["UserPool"]["Id"]
        # A setting of its own, that neither DescribeUserPool shows nor UpdateUserPool says.
        self.cognito.set_user_pool_mfa_config(
            UserPoolId=self.pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
        self.client = self.cognito.create_user_pool_client(
            UserPoolId=self.pool,
            ClientName="somebody-elses",
            ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            PreventUserExistenceErrors="ENABLED",
            EnableTokenRevocation=True,
        )["UserPoolClient"]["ClientId"]

    def parameters(self) -> dict[str, str]:
        return {"ExistingUserPoolId": self.pool, "ExistingUserPoolClientId": self.client}

    def attach(self, root, stack):
        """As docs/deploy.md tells an operator to."""
        self.change(root, stack.outputs["PostConfirmationFunctionArn"])

    def detach(self, root, stack):
        self.change(root, stack.outputs["PostConfirmationFunctionArn"], "--detach")
        if self.settings().get("LambdaConfig"):
            sys.exit("infra/attach-trigger --detach left the trigger where it was")

    def change(self, root, *arguments: str):
        before = self.settings()
        if subprocess.run([root / "infra" / "attach-trigger", self.pool, *arguments], env=self.emulator.environment).returncode != 0:
            sys.exit("infra/attach-trigger failed")
        after = self.settings()
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        if changed - {"LambdaConfig", "LastModifiedDate"}:
            sys.exit(f"infra/attach-trigger changed more of the pool than its triggers: {sorted(changed)}")

    def settings(self) -> dict:
        pool = self.cognito.describe_user_pool(UserPoolId=self.pool)["UserPool"]
        # The older name of TemporaryPasswordValidityDays, which the script leaves out where the pool has both.
        pool["AdminCreateUserConfig"].pop("UnusedAccountValidityDays", None)
        # Counts by itself.
        pool.pop("EstimatedNumberOfUsers", None)
        factors = self.cognito.get_user_pool_mfa_config(UserPoolId=self.pool)
        return pool | {"factors": {name: value for name, value in factors.items() if name != "ResponseMetadata"}}
