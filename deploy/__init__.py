"""From a clean tree to a promoted release, and back: a few verbs that only ever call gcloud."""
