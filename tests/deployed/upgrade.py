"""A changed parameter reaches what callers call: the version behind the alias, not only the function's newest state."""

import sys


def check_upgrade(cloud, stack, root, parameters: dict[str, str]):
    functions = cloud.client("lambda")
    before = {name: functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"] for name in stack.functions()}
    stack.deploy(root, parameters | {"LogLevel": "ERROR"})
    for name in stack.functions():
        version = functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        configuration = functions.get_function_configuration(FunctionName=name, Qualifier="live")
        level = configuration["Environment"]["Variables"]["LOG_LEVEL"]
        if version == before[name] or level != "ERROR":
            sys.exit(f"{name}: live is version {version} with LOG_LEVEL {level} after an upgrade to ERROR, and was {before[name]}")
    print(f"upgraded: a changed parameter made a new version of {len(before)} functions, and their aliases moved to it")
