"""The storage emulator's two addresses: services and browsers reach it by different names in containers."""

from dataclasses import dataclass
from typing import Self

from timeline.settings import Settings


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Translates between the storage's address for services and the one for browsers."""

    internal: str = ""
    public: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Both parts are empty where browsers and services use the same address, as on Google Cloud."""
        if not settings.storage_public_url:
            return cls()
        return cls(settings.storage_emulator_host.rstrip("/"), settings.storage_public_url.rstrip("/"))

    def publish(self, url: str) -> str:
        return self.public + url.removeprefix(self.internal) if _is_below(url, self.internal) else url

    def internalise(self, url: str) -> str:
        return self.internal + url.removeprefix(self.public) if _is_below(url, self.public) else url


def _is_below(url: str, base: str) -> bool:
    return bool(base) and url.startswith(f"{base}/")
