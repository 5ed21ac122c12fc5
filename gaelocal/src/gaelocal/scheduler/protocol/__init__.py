"""The methods of `google.cloud.scheduler.v1` and v1beta1."""
