"""Where the Admin API's resources lie; `gcloud beta app` asks for v1beta, and means the same."""

APP = "/{api:v1|v1beta|v1alpha}/apps/{app:[^:/]+}"
SERVICES = f"{APP}/services"
SERVICE = f"{SERVICES}/{{service}}"
VERSIONS = f"{SERVICE}/versions"
VERSION = f"{VERSIONS}/{{version}}"
INSTANCES = f"{VERSION}/instances"
