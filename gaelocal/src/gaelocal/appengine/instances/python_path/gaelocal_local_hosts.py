"""Lets Django answer requests for localhost, although ALLOWED_HOSTS names only the hosts of production.

With `DEBUG = False`, as on App Engine, Django refuses every other host with a 400 and without a word in the
log. The names of this machine are those that it allows by itself with `DEBUG = True`.
"""

from gaelocal_client_routes import patch_when_imported

LOCAL_HOSTS = (".localhost", "127.0.0.1", "[::1]")


def install():
    """Change Django when it is imported."""
    patch_when_imported({"django.http.request": patch_django})


def patch_django(request):
    is_allowed = getattr(request, "validate_host", None)
    if is_allowed is None:
        return

    def validate_host(host, allowed_hosts):
        return is_allowed(host, allowed_hosts) or is_allowed(host, LOCAL_HOSTS)

    request.validate_host = validate_host
