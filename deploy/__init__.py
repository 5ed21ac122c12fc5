"""Deploy, roll back and tear down with gcloud."""
