"""What Cognito does when a sign-up is confirmed and MiniStack's does not: it verifies the address that the code went to, and calls
the post-confirmation trigger, here with the event that AWS documents.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
"""

import json

SOURCES = {
    "ConfirmSignUp": "PostConfirmation_ConfirmSignUp",
    "AdminConfirmSignUp": "PostConfirmation_ConfirmSignUp",
    "ConfirmForgotPassword": "PostConfirmation_ConfirmForgotPassword",
}


class PostConfirmation:
    def __init__(self, emulator, stack):
        self.region = emulator.region
        self.pool, self.client = stack.outputs["UserPoolId"], stack.outputs["UserPoolClientId"]
        self.cognito, self.functions = emulator.client("cognito-idp"), emulator.client("lambda")
        # What the pool says, not what this file believes: a trigger that is not attached is not called.
        configured = self.cognito.describe_user_pool(UserPoolId=self.pool)["UserPool"].get("LambdaConfig", {})
        self.function = configured.get("PostConfirmation")

    def after(self, operation: str, request: dict):
        """To be called when an operation has succeeded."""
        if operation == "ConfirmSignUp":
            verified = [{"Name": "email_verified", "Value": "true"}]
            self.cognito.admin_update_user_attributes(UserPoolId=self.pool, Username=request["Username"], UserAttributes=verified)
        if operation not in SOURCES or not self.function:
            return
        user = self.cognito.admin_get_user(UserPoolId=self.pool, Username=request["Username"])
        attributes = {one["Name"]: one["Value"] for one in user["UserAttributes"]}
        event_request = {"userAttributes": attributes | {"cognito:user_status": user["UserStatus"]}}
        if metadata := request.get("ClientMetadata"):
            event_request["clientMetadata"] = metadata
        event = {
            "version": "1",
            "region": self.region,
            "userPoolId": self.pool,
            "userName": user["Username"],
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": self.client},
            "triggerSource": SOURCES[operation],
            "request": event_request,
            "response": {},
        }
        answer = self.functions.invoke(FunctionName=self.function, Payload=json.dumps(event))
        if "FunctionError" in answer:
            raise RuntimeError(f"the trigger failed: {answer['Payload'].read()!r}")
