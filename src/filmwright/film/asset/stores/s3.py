"""An S3 bucket, or any place that speaks S3: MinIO, Ceph, R2, ...

Keys and region come from where boto3 finds them (AWS_ACCESS_KEY_ID, ~/.aws, the machine's role, ...), the endpoint
from the store's URL or AWS_ENDPOINT_URL_S3. Needs GetObject, PutObject, DeleteObject, ListBucket,
AbortMultipartUpload and ListBucketMultipartUploads on the bucket.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256 as new_sha256
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field

from filmwright.core.content import file_hash
from filmwright.core.errors import BadFilm, NotFound, Unavailable, Unverified

from . import STALE, Stored, Stream, UploadForm, checked_name, media_type

_ABSENT = {"404", "NoSuchKey", "NotFound"}
_SPOILT = {"BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"}


class S3:
    """Files in a bucket, under a prefix."""

    def __init__(self, client: Any, bucket: str, prefix: str, part_bytes: int) -> None:
        self._client, self.bucket, self.prefix, self.part_bytes = client, bucket, prefix, part_bytes

    def put(self, path: Path, name: str, *, sha256: str = "") -> Stored:
        """Upload in parts, each with its checksum; the last request makes them one file, once they add up."""
        key, digest = self._key(name), file_hash(path)
        if sha256 and digest != sha256:
            raise Unverified(f"{path} has SHA-256 {digest[:16]}..., not {sha256[:16]}... Make it again.")
        try:
            known = self.stat(name)
        except NotFound:
            known = None
        if known is None or (known.sha256, known.size) != (digest, path.stat().st_size):
            more = {"Metadata": {"sha256": digest}, "ContentType": media_type(name)}
            with self._reaching(name):
                self._upload(path, key, digest, more)
        return self.stat(name)

    def _upload(self, path: Path, key: str, digest: str, more: dict[str, Any]) -> None:
        where = {"Bucket": self.bucket, "Key": key}
        if path.stat().st_size <= self.part_bytes:
            content = path.read_bytes()
            _check_unchanged(path, new_sha256(content).hexdigest(), digest)
            self._client.put_object(Body=content, ChecksumSHA256=_checksum(content), **where, **more)
            return
        upload = where | {
            "UploadId": self._client.create_multipart_upload(ChecksumAlgorithm="SHA256", **where, **more)["UploadId"]
        }
        try:
            parts: list[dict[str, Any]] = []
            seen = new_sha256()
            with path.open("rb") as file:
                while content := file.read(self.part_bytes):
                    seen.update(content)
                    part = {"PartNumber": len(parts) + 1, "ChecksumSHA256": _checksum(content)}
                    parts.append(part | {"ETag": self._client.upload_part(Body=content, **upload, **part)["ETag"]})
            _check_unchanged(path, seen.hexdigest(), digest)
            self._client.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload)
        except BaseException:
            self._client.abort_multipart_upload(**upload)
            raise

    @contextmanager
    def open(self, name: str, *, start: int = 0, length: int | None = None) -> Iterator[Stream]:
        """One GET; the connection stands as long as the block."""
        size = self.stat(name).size
        end = size if length is None else min(size, start + length)
        if start >= end:
            yield BytesIO()
            return
        with self._reaching(name):
            ranged = {"Range": f"bytes={start}-{end - 1}"}
            body = self._client.get_object(Bucket=self.bucket, Key=self._key(name), **ranged)["Body"]
        try:
            yield _Body(body, name, end - start)
        finally:
            body.close()

    def stat(self, name: str) -> Stored:
        """One HEAD."""
        with self._reaching(name):
            head = self._client.head_object(Bucket=self.bucket, Key=self._key(name))
        return Stored(
            name=name,
            size=head["ContentLength"],
            sha256=head["Metadata"].get("sha256", ""),
            media_type=head.get("ContentType") or media_type(name),
            modified=head["LastModified"].astimezone(UTC),
        )

    def list(self, prefix: str = "") -> Iterator[str]:
        """A thousand names a request."""
        with self._reaching(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix):
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(self.prefix)
                    if _is_name(name):  # a bucket may hold other things
                        yield name

    def delete(self, name: str) -> None:
        """One DELETE."""
        with self._reaching(name):
            self._client.delete_object(Bucket=self.bucket, Key=self._key(name))

    def link(self, name: str, *, seconds: int = 3600, filename: str = "") -> str | None:
        """A presigned GET."""
        self.stat(name)
        asked = {"Bucket": self.bucket, "Key": self._key(name)}
        if filename:
            asked["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
        with self._reaching(name):
            return self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)

    def form(self, name: str, *, max_bytes: int, seconds: int = 900) -> UploadForm | None:
        """A presigned POST that takes 1 to `max_bytes` bytes."""
        with self._reaching(name):
            made = self._client.generate_presigned_post(
                self.bucket,
                self._key(name),
                Conditions=[["content-length-range", 1, max_bytes]],
                ExpiresIn=seconds,
            )
        return UploadForm(url=made["url"], fields=made["fields"])

    def tidy(self, *, stale: float = STALE) -> int:
        """Uploads in parts that nobody will end."""
        before, count = datetime.now(UTC) - timedelta(seconds=stale), 0
        with self._reaching(self.prefix):
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] <= before:
                        self._client.abort_multipart_upload(
                            Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
                        count += 1
        return count

    def _key(self, name: str) -> str:
        return self.prefix + checked_name(name)

    @contextmanager
    def _reaching(self, name: str) -> Iterator[None]:
        """Turn boto3's errors into ours."""
        try:
            yield
        except ClientError as err:
            code = err.response.get("Error", {}).get("Code", "")
            if code in _ABSENT:
                raise NotFound(f"the bucket {self.bucket!r} has no file {name!r}.") from None
            if code in _SPOILT:
                raise Unverified(f"{name!r} did not arrive whole in the bucket {self.bucket!r} ({code}).") from err
            raise Unavailable(f"the bucket {self.bucket!r} refuses {name!r}: {err}") from err
        except BotoCoreError as err:
            raise Unavailable(f"the bucket {self.bucket!r} can't be reached: {err}") from err


class _Body:
    """The bytes of a GET, counted."""

    def __init__(self, body: Any, name: str, left: int) -> None:
        self._body, self._name, self._left = body, name, left

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        wanted = self._left if size < 0 else min(size, self._left)
        try:
            block: bytes = self._body.read(wanted) if wanted else b""
        except BotoCoreError as err:
            raise Unavailable(f"{self._name!r} stopped coming: {err}") from err
        if wanted and not block:
            raise Unverified(f"{self._name!r} ended {self._left:,} bytes too early.")
        self._left -= len(block)
        return block


def _checksum(content: bytes) -> str:
    return base64.b64encode(new_sha256(content).digest()).decode()


def _check_unchanged(path: Path, now: str, before: str) -> None:
    if now != before:
        raise Unverified(f"{path} changed while it was read. Put it there when it is finished.")


def _is_name(name: str) -> bool:
    try:
        return bool(checked_name(name))
    except BadFilm:
        return False


def build(
    *,
    bucket: str = "",
    prefix: str = "",
    endpoint: str = "",
    region: str = "",
    part_bytes: Annotated[int, Field(ge=5 << 20)] = 16 << 20,
) -> S3:
    """Keeps files in `bucket` under `prefix`; files of more than `part_bytes` go in parts (S3 takes 5 MiB and more)."""
    if not bucket:
        raise BadFilm("an S3 store needs its bucket: s3://BUCKET/PREFIX.")
    if prefix:
        prefix = checked_name(prefix.strip("/")) + "/"
    config = Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "max_attempts": 5},
        s3={"addressing_style": "path"} if endpoint else {},  # only AWS has a host for each bucket
    )
    try:
        client = boto3.client("s3", endpoint_url=endpoint or None, region_name=region or None, config=config)
    except (BotoCoreError, ValueError) as err:
        raise BadFilm(f"the S3 store can't be set up: {err}. Give an endpoint such as http://localhost:9000.") from err
    return S3(client, bucket, prefix, part_bytes)
