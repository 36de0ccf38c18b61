"""What an upgrade of the stack has to do: a changed parameter, or another release of the same package, reaches what callers call,
the version behind the alias, and not only the function's newest state. What is not the stack's to change stays: reserved
concurrency, and the mail settings of the pool.
"""

import sys

RESERVED = 7


def check_upgrade(cloud, stack, root, parameters: dict[str, str]):
    functions = cloud.client("lambda")
    names = stack.functions()

    def versions():
        return {name: functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"] for name in names}

    pool, mails = stack.outputs["UserPoolId"], mail_settings(cloud, stack)
    if not parameters and mails != stack_settings(stack):
        sys.exit(f"the pool {pool} sends mails as {mails}, and the stack says {stack_settings(stack)}")
    before = versions()
    functions.put_function_concurrency(FunctionName=names[0], ReservedConcurrentExecutions=RESERVED)
    for change in ({"LogLevel": "ERROR"}, {"LogLevel": "ERROR", "Release": "2"}):
        stack.deploy(root, parameters | change)
        after = versions()
        for name in names:
            configuration = functions.get_function_configuration(FunctionName=name, Qualifier="live")
            level = configuration["Environment"]["Variables"]["LOG_LEVEL"]
            if after[name] == before[name] or level != "ERROR":
                sys.exit(f"{name}: live is version {after[name]} with LOG_LEVEL {level} after an upgrade to {change}, and was {before[name]}")
        before = after
    # What no version holds makes none: Lambda, and MiniStack, would refuse it.
    stack.deploy(root, parameters | change | {"LogRetentionDays": "14"})
    if versions() != before:
        sys.exit(f"a changed LogRetentionDays made new versions: {before} became {versions()}")
    if mail_settings(cloud, stack) != mails:
        sys.exit(f"the upgrade changed how the pool {pool} sends mails: {mails} became {mail_settings(cloud, stack)}")
    reserved = functions.get_function_concurrency(FunctionName=names[0]).get("ReservedConcurrentExecutions")
    if reserved != RESERVED:
        sys.exit(f"the upgrade changed the reserved concurrency of {names[0]} from {RESERVED} to {reserved}")
    print(f"upgraded: a changed parameter, and another release, made a new version of {len(names)} functions each, and their aliases "
          "moved to it; the pool's mail settings and reserved concurrency stayed")


def mail_settings(cloud, stack) -> dict:
    described = cloud.client("cognito-idp").describe_user_pool(UserPoolId=stack.outputs["UserPoolId"])
    return described["UserPool"].get("EmailConfiguration", {})


def stack_settings(stack) -> dict:
    said = stack.parameters
    return {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": said["UserPoolEmailIdentityArn"],
        "From": said["UserPoolFromAddress"],
        "ReplyToEmailAddress": said["UserPoolReplyToAddress"],
    }
