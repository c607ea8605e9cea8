"""An opened data folder: its keys, buckets and versions."""

import os
import re
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence

from keys import DataKey, Masters, Trust, parse_keyring_clear, read_keyring, read_root_key
from kits import open_kit
from lmdb_pages import LmdbError, LmdbFile
from primitives import Damaged, Unusable, b64, member, show, unb64
from rows import (BUCKET_ROW, HEAD_ROW, KEYRING_ROW, STORE_ROW, UPLOAD_ROW, VERSION_ROW, Row, RowKey, make_key, ordinal_field,
                  parse_key, parse_row)

MARK = b"coffer-data\n"


class Bucket(NamedTuple):
    name: bytes
    id: bytes
    secret: bytes
    key_version: int
    body: Dict[str, Any]

    def __str__(self) -> str:
        return show(self.name)


class Version(NamedTuple):
    bucket: Bucket
    object_key: bytes
    ordinal: int
    key_version: int
    id: bytes
    size: int
    etag: str
    modified: int
    marker: bool
    null: bool
    body: Dict[str, Any]

    @property
    def id_text(self) -> str:
        return b64(self.id)

    def __str__(self) -> str:
        return f"{self.bucket}/{show(self.object_key)} (version {self.id_text})"


class Entry(NamedTuple):
    """One version row of a scan; without a version when it did not open. `latest` marks the first row of its object."""
    object_key: bytes
    ordinal: int
    latest: bool
    version: Optional[Version]
    error: str


class Upload(NamedTuple):
    bucket: Bucket
    object_key: bytes
    id: bytes
    key_version: int
    body: Dict[str, Any]

    def __str__(self) -> str:
        return f"{self.bucket}/{show(self.object_key)} (upload {b64(self.id)})"


def no_passphrase() -> str:
    raise Unusable("a passphrase is needed", "give it with --passphrase-file FILE")


class Opening(NamedTuple):
    """What opens the keyring: a root key file (by default the one beside the folder), a passphrase, or a recovery kit."""
    root_key: Optional[str] = None
    passphrase: Callable[[], str] = no_passphrase
    kit: Optional[str] = None
    shares: Sequence[str] = ()


class Store:
    def __init__(self, data: str, opening: Opening = Opening()):
        self.data = data
        self.opening = opening
        self.warnings: List[str] = []
        self._check_folder()
        root_key = opening.root_key or data.rstrip(os.sep) + ".root-key"
        self._trust = Trust(lambda: read_root_key(root_key), opening.passphrase)
        path = os.path.join(data, "metadata", "data.mdb")
        try:
            self.db = LmdbFile(path)
        except OSError as error:
            raise Unusable(f"{path}: cannot read it: {error.strerror}", "restore metadata/data.mdb from a backup of the data folder") from None
        except LmdbError as error:
            raise Unusable(f"{path}: {error}", "the rows are damaged: take data.mdb from a backup made at the same time or before") from None
        try:
            self.warnings += [f"{path}: {warning}" for warning in self.db.warnings]
            self._open_keys()
            self.buckets: Dict[bytes, Bucket] = {}
            self.shredded: Dict[bytes, str] = {}  # by id, the names of buckets whose secret was destroyed
            self.bucket_errors: List[str] = []
            self._open_buckets()
        except Damaged as error:
            self.close()
            raise Unusable(f"{path}: {error}", "restore the data folder from a backup") from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _check_folder(self) -> None:
        fix = "give the data folder with --data: the one that holds metadata/, keys/ and blobs/"
        if not os.path.isdir(self.data):
            raise Unusable(f"{self.data}: not a folder", fix)
        path = os.path.join(self.data, "coffer")
        try:
            with open(path, "rb") as file:
                mark = file.read(64)
        except OSError as error:
            self.warnings.append(f"{path}: the mark of a data folder cannot be read: {error.strerror}")
            return
        if mark != MARK:
            raise Unusable(f"{path}: does not say that this is a Coffer data folder", fix)

    def _open_keys(self) -> None:
        key = parse_key(make_key(KEYRING_ROW))
        value = self.db.get(key.raw)
        if value is None:
            if len(self.db) == 0 and self.opening.kit is None and self._trust.root_key().state == "new":
                raise Unusable(f"{self.db.path}: the store was never initialised, so there is nothing to restore", "check --data")
            raise Damaged("there is no keyring row")
        generation, digest = parse_keyring_clear(parse_row(bytes(16), key, value))
        if self.opening.kit is None:
            self.store_id, self.keyring = read_keyring(os.path.join(self.data, "keys"), self._trust, generation, digest)
        else:
            self.store_id, self.keyring = open_kit(self.opening.kit, list(self.opening.shares), self.opening.passphrase)
        self.masters = Masters(self.store_id, self.keyring)
        row = parse_row(self.store_id, key, value)
        if self.opening.kit is not None:
            self._check_kit(row)
        elif row.key_version != self.keyring.current:
            raise Damaged(f"keyring row: sealed under master key {row.key_version}, not under the current one")
        self.masters.open_store_row(row)
        body = self.open_row(make_key(STORE_ROW))
        if member(body, "format", int) != 1:
            raise Damaged("store row: a format that this program does not know")
        self._check_canaries(body)

    def _check_kit(self, row: Row) -> None:
        """A kit may be older or newer than the store, but its keys are the store's."""
        fix = "give a recovery kit that was made of this store, and later"
        try:
            self.masters.check_key_id(row)
        except Damaged as error:
            raise Unusable(f"{self.opening.kit}: does not open this store: {error}", fix) from None
        if self.keyring.generation != parse_keyring_clear(row)[0]:
            self.warnings.append(f"{self.opening.kit}: holds keyring generation {self.keyring.generation}, and the store is at "
                                 f"{parse_keyring_clear(row)[0]}: what newer master keys sealed does not open with it")

    def _check_canaries(self, body: Dict[str, Any]) -> None:
        """Section 5.8: every key of the keyring is the one that its version had from the beginning."""
        canaries = member(body, "canaries", dict, {})
        for version in self.keyring.masters:
            if str(version) in canaries and not self.masters.opens_canary(version, unb64(canaries[str(version)], 40)):
                raise Damaged(f"store row: the keyring's master key {version} does not open the canary of that version: it is another key")

    def ensure_unchanged(self) -> None:
        if not self.db.unchanged():
            raise Unusable(f"{self.db.path}: was written to while it was read", "stop Coffer, or work on a copy of the data folder")

    # Rows

    def row(self, key: RowKey, value: bytes) -> Row:
        return parse_row(self.store_id, key, value)

    def open_row(self, raw_key: bytes, bucket: Optional[Bucket] = None) -> Dict[str, Any]:
        key = parse_key(raw_key)
        value = self.db.get(raw_key)
        if value is None:
            raise Damaged(f"{key}: missing")
        return self.open_value(key, value, bucket)

    def open_value(self, key: RowKey, value: bytes, bucket: Optional[Bucket] = None) -> Dict[str, Any]:
        """The body of a row of scheme 1 (without a bucket) or 2 (with one)."""
        row = self.row(key, value)
        if bucket is None:
            return self.masters.open_store_row(row)
        return self.masters.open_bucket_row(row, bucket.id, bucket.secret)

    # Buckets

    def _open_buckets(self) -> None:
        for raw, value in self.db.scan(bytes([BUCKET_ROW])):
            try:
                bucket = self.open_bucket(raw, value)
                if bucket is not None:
                    self.buckets[bucket.name] = bucket
            except Damaged as error:
                self.bucket_errors.append(str(error))
        by_id: Dict[bytes, Bucket] = {}
        for bucket in self.buckets.values():
            if by_id.setdefault(bucket.id, bucket) is not bucket:
                self.bucket_errors.append(f"bucket row '{bucket}': has the id of bucket '{by_id[bucket.id]}'")
        self.by_id = by_id

    def open_bucket(self, raw: bytes, value: bytes) -> Optional[Bucket]:
        """None for a bucket that was shredded: nothing in it opens, and its rows wait to be removed."""
        key = parse_key(raw)
        row = self.row(key, value)
        body = self.masters.open_store_row(row)
        try:
            bucket_id = unb64(member(body, "id", str), 16)
            if "secret" not in body and isinstance(body.get("shredded"), int):
                self.shredded[bucket_id] = show(key.fields[0])
                return None
            wrapped = unb64(member(body, "secret", str), 72)
            secret = self.masters.bucket_secret(row.key_version, bucket_id, wrapped)
        except Damaged as error:
            raise Damaged(f"{key}: {error}") from None
        return Bucket(key.fields[0], bucket_id, secret, row.key_version, body)

    def bucket(self, name: bytes) -> Bucket:
        if name not in self.buckets:
            if show(name) in self.shredded.values():
                raise Damaged(f"bucket '{show(name)}' was shredded: its secret is gone, and nothing in it opens")
            if self.db.get(make_key(BUCKET_ROW, name)) is not None:
                raise Damaged("; ".join(error for error in self.bucket_errors if f"'{show(name)}'" in error))
            names = ", ".join(str(bucket) for bucket in self.buckets.values()) or "none"
            raise Damaged(f"there is no bucket '{show(name)}' in this store (buckets: {names})")
        return self.buckets[name]

    # Versions

    def open_version(self, bucket: Bucket, key: RowKey, value: bytes) -> Version:
        row = self.row(key, value)
        body = self.masters.open_bucket_row(row, bucket.id, bucket.secret)
        try:
            return Version(
                bucket, key.fields[1], ordinal_field(key.fields[2]), row.key_version,
                unb64(member(body, "id", str), 16), member(body, "size", int, 0), member(body, "etag", str, ""),
                member(body, "modified", int), member(body, "marker", bool, False), member(body, "null", bool, False), body)
        except Damaged as error:
            raise Damaged(f"{key}: {error}") from None

    def versions(self, bucket: Bucket, object_key: Optional[bytes] = None) -> Iterator[Entry]:
        """All versions of a bucket or of one object: objects in order of their keys, newest versions first."""
        prefix = bytes([VERSION_ROW]) + bucket.id
        if object_key is not None:
            prefix = make_key(VERSION_ROW, bucket.id, object_key)
        last: Optional[bytes] = None
        for raw, value in self.db.scan(prefix):
            try:
                key = parse_key(raw)
            except Damaged as error:
                yield Entry(b"", 0, False, None, f"bucket {bucket}: {error}")
                continue
            name, ordinal = key.fields[1], ordinal_field(key.fields[2])
            latest, last = name != last, name
            try:
                yield Entry(name, ordinal, latest, self.open_version(bucket, key, value), "")
            except Damaged as error:
                yield Entry(name, ordinal, latest, None, f"{bucket}/{show(name)}: {error}")

    def data_key(self, version: Version) -> DataKey:
        return self._data_key(version, "version")

    def upload_key(self, upload: Upload) -> DataKey:
        return self._data_key(upload, "upload")

    def _data_key(self, owner: Any, context: str) -> DataKey:
        try:
            return self.masters.data_key(
                owner.key_version, context, owner.bucket.id, owner.bucket.secret, owner.object_key, owner.id,
                unb64(member(owner.body, "wrapped", str), 72), unb64(member(owner.body, "commitment", str), 32))
        except Damaged as error:
            raise Damaged(f"{owner}: {error}") from None

    def headed(self, bucket: Bucket) -> Iterator[bytes]:
        """The keys of all objects that have a head."""
        for raw, _ in self.db.scan(bytes([HEAD_ROW]) + bucket.id, values=False):
            try:
                yield parse_key(raw).fields[1]
            except Damaged:
                continue

    def head(self, bucket: Bucket, object_key: bytes) -> Dict[str, Any]:
        return self.open_row(make_key(HEAD_ROW, bucket.id, object_key), bucket)

    def compare_head(self, newest: Entry) -> List[str]:
        """What is wrong between a head and the newest version row of its object."""
        version = newest.version
        if version is None:
            return []
        bucket, where = version.bucket, f"{version.bucket}/{show(newest.object_key)}"
        try:
            head = self.head(bucket, newest.object_key)
            if newest.ordinal != member(head, "o", int):
                return [f"{where}: the newest version row has ordinal {newest.ordinal}, but the head names {head['o']}: a row is missing"]
            told = (unb64(member(head, "v", str), 16), member(head, "s", int), member(head, "e", str), member(head, "m", int),
                    member(head, "d", bool, False), member(head, "n", bool, False))
            top = member(head, "top", int)
        except Damaged as error:
            return [f"{where}: {error}"]
        real = (version.id, version.size, version.etag, version.modified, version.marker, version.null)
        names = ("id", "size", "ETag", "time", "delete marker", "null version")
        wrong = [name for name, a, b in zip(names, told, real) if a != b]
        if top < newest.ordinal:
            wrong.append("highest ordinal")
        return [f"{where}: head and version row disagree about: {', '.join(wrong)}"] if wrong else []

    def find(self, bucket: Bucket, object_key: bytes, version_id: Optional[str]) -> Version:
        """The version to restore: the latest, or the one named by base64url, hexadecimal digits or 'null'."""
        where = f"{bucket}/{show(object_key)}"
        entries = self.versions(bucket, object_key)
        newest = next(entries, None)
        if newest is None:
            if self.db.get(make_key(HEAD_ROW, bucket.id, object_key)) is not None:
                raise Damaged(f"{where}: its head is there, but its version rows are missing")
            raise Damaged(f"{where}: there is no such object")
        errors = []
        if version_id is None:
            errors = [newest.error] if newest.version is None else self.compare_head(newest)
            if newest.version is None or errors:
                raise Damaged("; ".join(errors) + " (see 'list' for the versions that open, and use --version-id)")
            if newest.version.marker:
                raise Damaged(f"{where}: the latest version is a delete marker (use --version-id to get an older one)")
            return newest.version
        wanted = _version_id(version_id)
        for entry in (newest, *entries):
            if entry.version is None:
                errors.append(entry.error)
            elif entry.version.null if wanted is None else entry.version.id == wanted:
                if entry.version.marker:
                    raise Damaged(f"{entry.version}: is a delete marker and has no bytes")
                return entry.version
        raise Damaged("; ".join([f"{where}: no version '{show(version_id)}' opens", *errors]))

    # Uploads

    def open_upload(self, bucket: Bucket, raw: bytes, value: bytes) -> Upload:
        key = parse_key(raw)
        row = self.row(key, value)
        body = self.masters.open_bucket_row(row, bucket.id, bucket.secret)
        return Upload(bucket, key.fields[1], key.fields[3], row.key_version, body)

    def uploads(self, bucket: Bucket) -> Iterator[Any]:
        """Each upload in progress, or the text of the error that kept it shut."""
        for raw, value in self.db.scan(bytes([UPLOAD_ROW]) + bucket.id):
            try:
                yield self.open_upload(bucket, raw, value)
            except Damaged as error:
                yield f"bucket {bucket}: {error}"


def _version_id(text: str) -> Optional[bytes]:
    if text == "null":
        return None
    if re.fullmatch("[0-9a-fA-F]{32}", text):
        return bytes.fromhex(text)
    try:
        # As S3 shows it: the ordinal and then the id (FORMAT.md, section 8).
        return unb64(text, 24)[8:] if len(text) == 32 else unb64(text, 16)
    except Damaged:
        raise Damaged(f"'{show(text)}' is not a version id: they have 22 or 32 base64url characters, or are 'null'") from None
