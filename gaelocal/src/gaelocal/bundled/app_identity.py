"""The service `app_identity_service`: the project's service account, its bucket and its signatures."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from gaelocal.appengine.instances import Caller
from gaelocal.bundled.methods import Method
from gaelocal.protobuf import bundled_app_identity_pb2 as pb

TOKEN_SECONDS = 3600
CERTIFICATE_DAYS = 14
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Tokens(Protocol):
    def service_account_access_token(self, email: str, scope: str) -> str: ...


class AppIdentity:
    def __init__(self, key_file: Path, bucket: str, tokens: Tokens) -> None:
        self._key_file = key_file
        self._bucket = bucket
        self._tokens = tokens

    def methods(self) -> Mapping[str, Method]:
        return {
            "SignForApp": Method(pb.SignForAppRequest, self._sign),
            "GetPublicCertificatesForApp": Method(pb.GetPublicCertificateForAppRequest, self._certificates),
            "GetServiceAccountName": Method(pb.GetServiceAccountNameRequest, self._name),
            "GetAccessToken": Method(pb.GetAccessTokenRequest, self._access_token),
            "GetDefaultGcsBucketName": Method(pb.GetDefaultGcsBucketNameRequest, self._bucket_name),
        }

    def _name(self, _request: Any, _caller: Caller) -> Any:
        return pb.GetServiceAccountNameResponse(service_account_name=self._account()["client_email"])

    def _bucket_name(self, _request: Any, _caller: Caller) -> Any:
        return pb.GetDefaultGcsBucketNameResponse(default_gcs_bucket_name=self._bucket)

    def _access_token(self, request: Any, _caller: Caller) -> Any:
        token = self._tokens.service_account_access_token(
            self._account()["client_email"], " ".join(request.scope)
        )
        return pb.GetAccessTokenResponse(access_token=token, expiration_time=int(time.time()) + TOKEN_SECONDS)

    def _sign(self, request: Any, _caller: Caller) -> Any:
        signature = self._key().sign(request.bytes_to_sign, padding.PKCS1v15(), hashes.SHA256())
        return pb.SignForAppResponse(key_name=self._account()["private_key_id"], signature_bytes=signature)

    def _certificates(self, _request: Any, _caller: Caller) -> Any:
        response = pb.GetPublicCertificateForAppResponse(max_client_cache_time_in_second=TOKEN_SECONDS)
        response.public_certificate_list.add(
            key_name=self._account()["private_key_id"], x509_certificate_pem=self._certificate()
        )
        return response

    def _certificate(self) -> str:
        key = self._key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._account()["client_email"][:64])])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(min(FIRST_DAY, now))
            .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
            .sign(key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()

    def _key(self) -> rsa.RSAPrivateKey:
        key = serialization.load_pem_private_key(self._account()["private_key"].encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{self._key_file} does not hold an RSA key")
        return key

    def _account(self) -> dict[str, str]:
        account: dict[str, str] = json.loads(self._key_file.read_text(encoding="utf-8"))
        return account
