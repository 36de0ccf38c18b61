"""The intrinsic functions that the processed template uses, with what the deployed stack answered for its names."""

import re

from emulator import ACCOUNT, REGION

PSEUDO = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


class Intrinsics:
    def __init__(self, template: dict, stack):
        self.template, self.stack = template, stack

    def resolve(self, value):
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), = value.items()
            if name == "Ref":
                return self.reference(argument)
            if name == "Fn::Sub":
                return self.substitute(argument)
            if name == "Fn::If":
                return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])
            if name == "Fn::Join":
                return argument[0].join(self.resolve(argument[1]))
            if name == "Fn::Select":
                return self.resolve(argument[1])[int(argument[0])]
            if name == "Fn::Split":
                return self.resolve(argument[1]).split(argument[0])
            if name.startswith("Fn::"):
                raise ValueError(f"{name} is not known to tests/deployed/intrinsics.py")
        return {name: self.resolve(one) for name, one in value.items()}

    def reference(self, name: str) -> str:
        if name == "AWS::StackName":
            return self.stack.name
        found = PSEUDO.get(name) or self.stack.parameters.get(name) or self.stack.physical(name)
        if found is None and name not in self.stack.parameters:
            raise ValueError(f"{name} refers to nothing in {self.stack.name}")
        return found or ""

    def substitute(self, argument) -> str:
        pattern, variables = argument if isinstance(argument, list) else (argument, {})
        known = {name: self.resolve(one) for name, one in variables.items()}
        return re.sub(r"\$\{([^!}]+)\}", lambda match: known.get(match[1]) or self.reference(match[1]), pattern)

    def condition(self, name: str) -> bool:
        return self.holds(self.template["Conditions"][name])

    def holds(self, expression: dict) -> bool:
        (name, argument), = expression.items()
        if name == "Condition":
            return self.condition(argument)
        if name == "Fn::Equals":
            left, right = (self.resolve(one) for one in argument)
            return str(left) == str(right)
        if name == "Fn::Not":
            return not self.holds(argument[0])
        if name == "Fn::And":
            return all(self.holds(one) for one in argument)
        if name == "Fn::Or":
            return any(self.holds(one) for one in argument)
        raise ValueError(f"{name} is not known to tests/deployed/intrinsics.py")
