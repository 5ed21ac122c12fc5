"""Google APIs that gaelocal does not emulate, each with what a project can do instead."""

POINT_ELSEWHERE = {
    "firestore": ("Firestore (native mode)", "FIRESTORE_EMULATOR_HOST"),
    "pubsub": ("Pub/Sub", "PUBSUB_EMULATOR_HOST"),
    "bigtable": ("Bigtable", "BIGTABLE_EMULATOR_HOST"),
    "bigtableadmin": ("Bigtable", "BIGTABLE_EMULATOR_HOST"),
    "spanner": ("Spanner", "SPANNER_EMULATOR_HOST"),
    "bigquery": ("BigQuery", "BIGQUERY_EMULATOR_HOST"),
    "identitytoolkit": ("Firebase Authentication", "FIREBASE_AUTH_EMULATOR_HOST"),
}
OFFERED = frozenset({"firestore", "pubsub", "bigtable", "bigtableadmin", "spanner"})
"""APIs whose emulator `--emulator` starts."""
GRPC_PACKAGES = {
    "google.firestore.": "firestore",
    "google.pubsub.": "pubsub",
    "google.bigtable.admin.": "bigtableadmin",
    "google.bigtable.": "bigtable",
    "google.spanner.": "spanner",
    "google.cloud.bigquery.": "bigquery",
}


def refusal_of_host(host: str) -> str:
    """Return the sentence for a host such as `bigquery.googleapis.com`."""
    return _refusal(host.removesuffix(".googleapis.com"), host)


def refusal_of_method(method: str) -> str:
    """Return the sentence for a gRPC method such as `/google.pubsub.v1.Publisher/Publish`."""
    service = method.strip("/").partition("/")[0]
    api = next((api for package, api in GRPC_PACKAGES.items() if service.startswith(package)), service)
    return _refusal(api, service)


def _refusal(api: str, name: str) -> str:
    if api not in POINT_ELSEWHERE:
        return f"gaelocal does not emulate {name}; replace this client in local runs."
    title, variable = POINT_ELSEWHERE[api]
    if api in OFFERED:
        option = f"--emulator {api.removesuffix('admin')}"
        return (
            f"gaelocal does not emulate {title}; start it with {option} (Google's emulator), "
            f"or pass --env {variable}=HOST:PORT."
        )
    return f"gaelocal does not emulate {title}; start its emulator and pass --env {variable}=HOST:PORT."
