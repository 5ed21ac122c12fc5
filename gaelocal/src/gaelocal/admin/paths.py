"""URL paths of the Admin API's resources; `gcloud beta app` uses v1beta, which is the same API."""

APP = "/{api:v1|v1beta|v1alpha}/apps/{app:[^:/]+}"
SERVICES = f"{APP}/services"
SERVICE = f"{SERVICES}/{{service}}"
VERSIONS = f"{SERVICE}/versions"
VERSION = f"{VERSIONS}/{{version}}"
INSTANCES = f"{VERSION}/instances"
