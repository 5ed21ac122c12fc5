"""All keys of app.yaml that App Engine accepts, so that only typing errors are refused."""

APP = frozenset(
    """
    api_version app_engine_apis app_engine_bundled_services application auto_id_policy automatic_scaling
    basic_scaling beta_settings build_env_variables builtins default_expiration derived_file_type
    endpoints_api_service entrypoint env env_variables error_handlers flexible_runtime_settings handlers
    health_check includes inbound_services instance_class libraries liveness_check main manual_scaling module
    network nobuild_files readiness_check resources runtime runtime_config service service_account
    skip_files threadsafe version vm_settings vpc_access vpc_access_connector zones
    """.split()  # noqa: SIM905 - one name a line would be sixty lines
)

OF_SCALING = dict.fromkeys(
    """
    max_idle_instances max_instances max_pending_latency max_concurrent_requests min_idle_instances
    min_instances min_pending_latency target_cpu_utilization target_throughput_utilization
    """.split(),  # noqa: SIM905 - as above
    "automatic_scaling",
)
"""Keys that belong one level deeper, and the key that they belong to."""

HANDLER = frozenset(
    """
    application_readable auth_fail_action expiration http_headers login mime_type position
    redirect_http_response_code require_matching_file script secure static_dir static_files upload url
    """.split()  # noqa: SIM905 - one name a line would be sixty lines
)

OF_OTHER_RUNTIMES = ("api_version", "libraries", "threadsafe", "skip_files")
"""Keys that gcloud accepts for a Python 3 runtime although only older runtimes have a use for them."""
