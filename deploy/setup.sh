#!/usr/bin/env bash
# Sets up one Google Cloud project. It can be run again: existing resources are not created a second time.
#   deploy/setup.sh PROJECT REGION BILLING_ACCOUNT [MONTHLY_BUDGET]     DRY=1 before it only prints the commands
# docs/setting-up.md explains the steps, and those that need a browser.
set -euo pipefail

project=${1:?project id, such as my-photos}
region=${2:?region of App Engine, such as us-central or europe-west}
billing=${3:?billing account, such as 012345-6789AB-CDEF01}
budget=${4:-20USD}

bucket="$project.appspot.com"
runtime="timeline@$project.iam.gserviceaccount.com"
deployer="timeline-deployer@$project.iam.gserviceaccount.com"
values="deploy/$project.env"
case $region in  # the two oldest regions of App Engine have other names in other services
  us-central) database=nam5 queues=us-central1 ;;
  europe-west) database=eur3 queues=europe-west1 ;;
  *) database=$region queues=$region ;;
esac

show() { printf '$'; printf ' %q' "$@"; printf '\n'; }
run() { show "$@"; [ -n "${DRY:-}" ] || "$@"; }
exists() { [ -z "${DRY:-}" ] && "$@" >/dev/null 2>&1; }   # in a dry run nothing exists
title() { printf '\n# %s\n' "$1"; }

title "Project and billing account"
exists gcloud projects describe "$project" || run gcloud projects create "$project"
run gcloud billing projects link "$project" --billing-account="$billing"

title "APIs for the services and for deployments"
run gcloud services enable --project="$project" \
  appengine.googleapis.com cloudbuild.googleapis.com cloudscheduler.googleapis.com cloudtasks.googleapis.com \
  datastore.googleapis.com firestore.googleapis.com iamcredentials.googleapis.com logging.googleapis.com \
  monitoring.googleapis.com secretmanager.googleapis.com storage.googleapis.com billingbudgets.googleapis.com

title "Service account of the services, with minimal roles"
exists gcloud iam service-accounts describe "$runtime" --project="$project" ||
  run gcloud iam service-accounts create timeline --project="$project" --display-name="the photo timeline's services"
for role in datastore.user cloudtasks.enqueuer logging.logWriter; do
  run gcloud projects add-iam-policy-binding "$project" --member="serviceAccount:$runtime" --role="roles/$role" --condition=None
done
# It signs links to exports through IAM, so that no key file is needed.
run gcloud iam service-accounts add-iam-policy-binding "$runtime" --project="$project" \
  --member="serviceAccount:$runtime" --role=roles/iam.serviceAccountTokenCreator

title "App Engine application (its region cannot be changed) and Datastore"
exists gcloud app describe --project="$project" ||
  run gcloud app create --project="$project" --region="$region" --service-account="$runtime"
run gcloud app update --project="$project" --service-account="$runtime" --ssl-policy=TLS_VERSION_1_2
exists gcloud firestore databases describe --database='(default)' --project="$project" ||
  run gcloud firestore databases create --project="$project" --location="$database" --type=datastore-mode --delete-protection
run gcloud firestore databases update --project="$project" --database='(default)' --enable-pitr
exists sh -c "gcloud firestore backups schedules list --database='(default)' --project=$project --format='value(name)' | grep -q ." ||
  run gcloud firestore backups schedules create --project="$project" --database='(default)' --recurrence=daily --retention=14d

title "Bucket: private, old exports are deleted, CORS for signed links"
exists gcloud storage buckets describe "gs://$bucket" || run gcloud beta app repair --project="$project"
run gcloud storage buckets update "gs://$bucket" --project="$project" --uniform-bucket-level-access --public-access-prevention \
  --cors-file=deploy/bucket-cors.json --lifecycle-file=deploy/bucket-lifecycle.json --soft-delete-duration=7d
run gcloud storage buckets add-iam-policy-binding "gs://$bucket" --member="serviceAccount:$runtime" --role=roles/storage.objectUser

title "Service account for deployments by CI"
exists gcloud iam service-accounts describe "$deployer" --project="$project" ||
  run gcloud iam service-accounts create timeline-deployer --project="$project" --display-name="deploys the photo timeline"
for role in appengine.appAdmin cloudbuild.builds.editor cloudscheduler.admin cloudtasks.queueAdmin datastore.indexAdmin storage.objectAdmin; do
  run gcloud projects add-iam-policy-binding "$project" --member="serviceAccount:$deployer" --role="roles/$role" --condition=None
done
run gcloud iam service-accounts add-iam-policy-binding "$runtime" --project="$project" \
  --member="serviceAccount:$deployer" --role=roles/iam.serviceAccountUser

title "Budget: sends emails at 50, 90 and 100 %, stops nothing"
exists sh -c "gcloud billing budgets list --billing-account=$billing --format='value(displayName)' | grep -qx 'timeline $project'" ||
  run gcloud billing budgets create --billing-account="$billing" --display-name="timeline $project" --budget-amount="$budget" \
    --filter-projects="projects/$project" --threshold-rule=percent=0.5 --threshold-rule=percent=0.9 --threshold-rule=percent=1.0

title "Configuration values: file and copy in Secret Manager"
if [ ! -e "$values" ] && [ -z "${DRY:-}" ]; then
  key=$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')
  host=$(gcloud app describe --project="$project" --format='value(defaultHostname)')
  (umask 077 && sed "s|^SECRET_KEY=.*|SECRET_KEY=$key|; s|^PUBLIC_URL=.*|PUBLIC_URL=https://$host|
    s|^TASKS_LOCATION=.*|TASKS_LOCATION=$queues|" deploy/example.env >"$values")
fi
exists gcloud secrets describe timeline-values --project="$project" ||
  run gcloud secrets create timeline-values --project="$project" --replication-policy=automatic
run gcloud secrets versions add timeline-values --project="$project" --data-file="$values"

printf '\nNow fill in %s (see docs/setting-up.md) and run: make deploy PROJECT=%s\n' "$values" "$project"
