"""The services `blobstore` and `images`, as far as they are about stored blobs."""

from collections.abc import Mapping
from typing import Any

from gaelocal.appengine.instances import Caller
from gaelocal.bundled.blobs import BlobStore, blob_key, place_of
from gaelocal.bundled.errors import ApplicationError
from gaelocal.bundled.methods import Method
from gaelocal.protobuf import bundled_blobstore_pb2 as pb
from gaelocal.protobuf import bundled_images_pb2 as images_pb
from gaelocal.protobuf.bundled_base_pb2 import VoidProto

Error = pb.BlobstoreServiceError
MOST_FETCHED = 1 << 20
UPLOAD = "/_ah/upload/"
IMAGE = "/_ah/img/"


class Blobstore:
    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def methods(self) -> Mapping[str, Method]:
        return {
            "CreateUploadURL": Method(pb.CreateUploadURLRequest, self._upload_url),
            "DeleteBlob": Method(pb.DeleteBlobRequest, self._delete),
            "FetchData": Method(pb.FetchDataRequest, self._fetch),
            "CreateEncodedGoogleStorageKey": Method(pb.CreateEncodedGoogleStorageKeyRequest, self._key),
        }

    def _upload_url(self, request: Any, caller: Caller) -> Any:
        limits = (request.max_upload_size_bytes, request.max_upload_size_per_blob_bytes)
        place = request.gs_bucket_name.removeprefix("/gs/").strip("/")
        name = self._blobs.begin_upload(request.success_path, place, limits, request.url_expiry_time_seconds)
        return pb.CreateUploadURLResponse(url=f"http://{caller.host}{UPLOAD}{name}")

    async def _delete(self, request: Any, _caller: Caller) -> VoidProto:
        for key in request.blob_key:
            try:
                await self._blobs.delete(key)
            except LookupError as error:
                raise ApplicationError(Error.INVALID_BLOB_KEY, str(error)) from error
        return VoidProto()

    def _fetch(self, request: Any, _caller: Caller) -> Any:
        """Return the bytes from `start_index` to `end_index`, both included."""
        length = request.end_index - request.start_index + 1
        if request.start_index < 0 or length < 1:
            raise ApplicationError(Error.DATA_INDEX_OUT_OF_RANGE, "the range is empty")
        if length > MOST_FETCHED:
            raise ApplicationError(Error.BLOB_FETCH_SIZE_TOO_LARGE, "at most 1 MB in one call")
        try:
            path = self._blobs.files.file_of(*place_of(request.blob_key))
        except LookupError as error:
            raise ApplicationError(Error.BLOB_NOT_FOUND, str(error)) from error
        with path.open("rb") as file:
            file.seek(request.start_index)
            return pb.FetchDataResponse(data=file.read(length))

    def _key(self, request: Any, _caller: Caller) -> Any:
        if not request.filename.startswith("/gs/"):
            raise ApplicationError(Error.INVALID_BLOB_KEY, "the name must begin with /gs/BUCKET/")
        return pb.CreateEncodedGoogleStorageKeyResponse(blob_key=blob_key(request.filename))


class Images:
    """Serving addresses only; they give the image as it was stored, whatever size is asked for."""

    def methods(self) -> Mapping[str, Method]:
        return {
            "GetUrlBase": Method(images_pb.ImagesGetUrlBaseRequest, self._url),
            "DeleteUrlBase": Method(images_pb.ImagesDeleteUrlBaseRequest, self._delete_url),
        }

    def _url(self, request: Any, caller: Caller) -> Any:
        try:
            place_of(request.blob_key)
        except LookupError as error:
            code = images_pb.ImagesServiceError.INVALID_BLOB_KEY
            raise ApplicationError(code, str(error)) from error
        address = f"http://{caller.host}{IMAGE}{request.blob_key.rstrip('=')}"
        return images_pb.ImagesGetUrlBaseResponse(url=address)

    def _delete_url(self, _request: Any, _caller: Caller) -> Any:
        return images_pb.ImagesDeleteUrlBaseResponse()
