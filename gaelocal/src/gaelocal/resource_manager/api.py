"""`google.cloud.resourcemanager.v3`: the IAM policy of a project, whose only owner is the administrator."""

from pathlib import Path

from gaelocal.google_api import Method, Service
from gaelocal.google_api.iam_policies import IamPolicies
from gaelocal.protobuf import iam_pb2

ADMINISTRATOR = "administrator@example.com"
"""The same address gets mail to administrators."""


def projects_service(file: Path, project: str) -> Service:
    """Return the service; `file` keeps changes of the policy."""
    policies = IamPolicies(file)
    policies.load()
    resource = f"projects/{project}"
    if not policies.get(iam_pb2.GetIamPolicyRequest(resource=resource)).bindings:
        owner = iam_pb2.Binding(role="roles/owner", members=[f"user:{ADMINISTRATOR}"])
        policy = iam_pb2.Policy(bindings=[owner])
        policies.set(iam_pb2.SetIamPolicyRequest(resource=resource, policy=policy))
    calls = (
        ("GetIamPolicy", policies.get),
        ("SetIamPolicy", policies.set),
        ("TestIamPermissions", policies.test),
    )
    methods = tuple(Method(name, getattr(iam_pb2, f"{name}Request"), handler) for name, handler in calls)
    return Service("google.cloud.resourcemanager.v3.Projects", methods)
