"""What the mailer may send, as far as MiniStack can tell.

MiniStack asks for `ses:SendEmail` on `*` and knows no `ses:FromAddress`, where AWS asks for it on the identity and on the
configuration set. So the deployed role is given here what MiniStack asks for. The real policy is held to by the local stack.
"""

import json


def allow_mail(emulator, stack):
    statement = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}
    emulator.client("iam").put_role_policy(
        RoleName=stack.physical("InvitationMailerRole"),
        PolicyName="ministack-knows-no-resources-of-ses",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
