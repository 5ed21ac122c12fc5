"""The methods of `google.cloud.tasks.v2` and v2beta3, and what they accept."""
