"""The HTTP API's routes, integrations, authorizers and CORS, which MiniStack does not read out of an API's OpenAPI `Body`.

They are created from the processed template, so what is tested is what the template says.
"""

from intrinsics import Intrinsics

METHODS = {"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "x-amazon-apigateway-any-method": "ANY"}


def create_routes(emulator, stack):
    template = stack.processed_template()
    resolve = Intrinsics(template, stack).resolve
    body = template["Resources"]["Api"]["Properties"]["Body"]
    paths, schemes = resolve(body["paths"]), resolve(body["components"]["securitySchemes"])
    api, gateway = stack.physical("Api"), emulator.client("apigatewayv2")

    cors = resolve(body["x-amazon-apigateway-cors"])
    gateway.update_api(ApiId=api, CorsConfiguration={name[0].upper() + name[1:]: value for name, value in cors.items()})

    authorizers = {}
    for name, scheme in schemes.items():
        authorizer = scheme["x-amazon-apigateway-authorizer"]
        jwt = authorizer["jwtConfiguration"]
        authorizers[name] = gateway.create_authorizer(
            ApiId=api,
            Name=name,
            AuthorizerType="JWT",
            IdentitySource=[authorizer["identitySource"]],
            JwtConfiguration={"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
        )["AuthorizerId"]

    integrations, count = {}, 0
    for path, operations in paths.items():
        for method, operation in operations.items():
            described = operation["x-amazon-apigateway-integration"]
            uri = described["uri"]
            if uri not in integrations:
                integrations[uri] = gateway.create_integration(
                    ApiId=api,
                    IntegrationType="AWS_PROXY",
                    IntegrationUri=uri,
                    PayloadFormatVersion=described["payloadFormatVersion"],
                )["IntegrationId"]
            route = {"ApiId": api, "RouteKey": f"{METHODS[method]} {path}", "Target": f"integrations/{integrations[uri]}"}
            security = [name for one in operation.get("security", []) for name in one]
            if security and security[0] != "NONE":
                route |= {"AuthorizationType": "JWT", "AuthorizerId": authorizers[security[0]]}
            gateway.create_route(**route)
            count += 1
    print(f"created {count} routes, {len(integrations)} integrations and {len(authorizers)} authorizer(s) from the processed template")
