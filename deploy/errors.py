"""The error of a deployment."""


class DeploymentError(Exception):
    """A command was refused or failed; the message contains the reason and the solution."""
