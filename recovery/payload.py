"""The bytes of objects: section 6 of docs/FORMAT.md. Nothing is held but one segment."""

import base64
import hashlib
import os
import re
import stat
import zlib
from typing import Any, BinaryIO, Callable, Iterator, List, NamedTuple, Optional, Set, Tuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys import DataKey
from primitives import Damaged, member, u32, unb64
from rows import INLINE, MANIFEST_ROW, PAYLOAD_ROW, TWIN, Owner, Row, make_key, parse_key, parse_owner
from store import Bucket, Store, Version

SEGMENT = 65536
TAG = 16
HEADER = 32

Report = Callable[[str], None]


def stop(message: str) -> None:
    """The report of every command but `check`: the first fault ends it."""
    raise Damaged(message)


class Blob(NamedTuple):
    id: bytes
    file: bool
    size: int
    md5: str  # empty when the row does not name it


class Part(NamedTuple):
    number: int
    blob: Blob


def sealed_size(size: int) -> int:
    return size + TAG * max(1, -(-size // SEGMENT))


def segment_nonce(index: int, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])


def blob_header(blob_id: bytes) -> bytes:
    return b"COFFERB1" + u32(SEGMENT) + u32(0) + blob_id


class Reader:
    """Reads the blobs of one owner, a version or an upload in progress."""

    def __init__(self, store: Store, bucket: Bucket, owner: Owner, name: str, data_key: DataKey,
                 report: Report = stop, seen: Optional[Set[bytes]] = None):
        self.store, self.bucket, self.owner, self.name = store, bucket, owner, name
        self.data_key, self.seen = data_key, seen
        self.report = lambda message: report(f"{name}: {message}")

    def row(self, blob_id: bytes, scheme: int) -> Optional[Row]:
        """The payload row of a blob, its scheme and owner checked."""
        key = parse_key(make_key(PAYLOAD_ROW, self.bucket.id, blob_id))
        if self.seen is not None:
            self.seen.add(key.raw)
        value = self.store.db.get(key.raw)
        if value is None:
            self.report(f"blob {blob_id.hex()}: its payload row is missing")
            return None
        try:
            row = self.store.row(key, value)
            owner = parse_owner(row)
        except Damaged as error:
            self.report(str(error))
            return None
        if row.scheme != scheme:
            self.report(f"blob {blob_id.hex()}: its payload row is of another kind than its owner says")
            return None
        if owner[1:] != self.owner[1:] or owner.kind > self.owner.kind:
            self.report(f"blob {blob_id.hex()}: its payload row names another owner")
            return None
        return row

    def check_twin(self, blob_id: bytes) -> None:
        row = self.row(blob_id, TWIN)
        if row is not None:
            try:
                self.data_key.check_twin(row, blob_id)
            except Damaged as error:
                self.report(str(error))

    def read(self, blob: Blob) -> Iterator[bytes]:
        """The plaintext of a blob, verified segment by segment and at the end as a whole."""
        digest = hashlib.md5(usedforsecurity=False) if blob.md5 else None
        whole = True
        for piece in self._pieces(blob):
            if piece is None:
                whole = False
                continue
            if digest is not None:
                digest.update(piece)
            yield piece
        if whole and digest is not None and digest.hexdigest() != blob.md5:
            self.report(f"blob {blob.id.hex()}: its MD5 is {digest.hexdigest()}, not {blob.md5}")

    def _pieces(self, blob: Blob) -> Iterator[Optional[bytes]]:
        """Segments; None for each that cannot be had, when the report lets that pass."""
        if blob.file:
            self.check_twin(blob.id)
            yield from self._file(blob)
            return
        row = self.row(blob.id, INLINE)
        if row is None:
            yield None
            return
        if len(row.sealed) != sealed_size(blob.size):
            self.report(f"{row.key}: holds {len(row.sealed)} bytes, not the {sealed_size(blob.size)} of {blob.size} bytes sealed")
        view = memoryview(row.sealed)
        yield from self._segments(blob, str(row.key), row.aad, lambda at, size: bytes(view[at:at + size]))

    def path(self, blob_id: bytes) -> str:
        name = blob_id.hex()
        return os.path.join(self.store.data, "blobs", name[-2:], name)

    def _file(self, blob: Blob) -> Iterator[Optional[bytes]]:
        path = self.path(blob.id)
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                self.report(f"{path}: not a file")
                yield None
                return
            with open(path, "rb") as file:
                yield from self._open_file(blob, path, file)
        except OSError as error:
            self.report(f"{path}: cannot read it: {error.strerror}")
            yield None

    def _open_file(self, blob: Blob, path: str, file: BinaryIO) -> Iterator[Optional[bytes]]:
        real, size = os.fstat(file.fileno()).st_size, HEADER + sealed_size(blob.size)
        if real != size:
            self.report(f"{path}: has {real} bytes, not {size}")
        header = file.read(HEADER)
        if header != blob_header(blob.id):
            self.report(f"{path}: its header is not that of blob {blob.id.hex()}")
            yield None
            return
        aad = header + self.store.store_id + self.bucket.id
        yield from self._segments(blob, path, aad, lambda _, size: file.read(size))

    def _segments(self, blob: Blob, where: str, aad: bytes, take: Callable[[int, int], bytes]) -> Iterator[Optional[bytes]]:
        cipher = AESGCM(self.data_key.payload_key(blob.id))
        count = max(1, -(-blob.size // SEGMENT))
        for index in range(count):
            length = SEGMENT if index < count - 1 else blob.size - SEGMENT * (count - 1)
            sealed = take(index * (SEGMENT + TAG), length + TAG)
            if len(sealed) < length + TAG:
                self.report(f"{where}: ends within segment {index} of {count}")
                yield None
                return
            try:
                yield cipher.decrypt(segment_nonce(index, index == count - 1), sealed, aad)
            except InvalidTag:
                self.report(f"{where}: segment {index} of {count} does not authenticate")
                yield None


def blob_ref(body: Any, size: int, md5: str = "") -> Blob:
    """`{id, file}` of a version or part row."""
    if not isinstance(body, dict):
        raise Damaged("'blob' in its body is not an object")
    return Blob(unb64(member(body, "id", str), 16), member(body, "file", bool, False), size, md5)


_MD5 = re.compile(r"[0-9a-f]{32}\Z")
_MULTIPART = re.compile(r"([0-9a-f]{32})-([0-9]+)\Z")


def manifest_entry(entry: Any) -> Part:
    if not isinstance(entry, list) or len(entry) < 5:
        raise Damaged("a part in it is not a list of five members or more")
    number, blob_id, file, size, md5 = entry[:5]
    whole = [isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in (number, size)]
    if not all(whole) or not isinstance(file, bool) or not isinstance(md5, str) or not _MD5.match(md5):
        raise Damaged("a part in it has a member of the wrong type")
    return Part(number, Blob(unb64(blob_id, 16), file, size, md5))


def manifest_parts(reader: Reader, version: Version) -> Iterator[Part]:
    """The parts of a multipart object, page by page, in order."""
    pages, count, last = member(version.body, "pages", int, 0), member(version.body, "parts", int, 0), 0
    found = total = 0
    for page in range(pages):
        key = parse_key(make_key(MANIFEST_ROW, version.bucket.id, version.id, page))
        if reader.seen is not None:
            reader.seen.add(key.raw)
        value = reader.store.db.get(key.raw)
        if value is None:
            reader.report(f"page {page} of its manifest is missing")
            return
        try:
            body = reader.data_key.open_manifest(reader.store.row(key, value))
            parts = [manifest_entry(entry) for entry in member(body, "parts", list)]
        except Damaged as error:
            reader.report(str(error))
            return
        for part in parts:
            if part.number <= last:
                reader.report(f"part {part.number} in its manifest follows part {last}")
            last = part.number
            found, total = found + 1, total + part.blob.size
            yield part
    if (found, total) != (count, version.size):
        reader.report(f"its manifest has {found} parts of {total} bytes together, its version row says {count} of {version.size}")


class Digests:
    """ETag and checksum of a whole object, as far as they can be computed here."""

    def __init__(self, version: Version):
        self.etag = version.etag
        self.md5 = hashlib.md5(usedforsecurity=False) if _MD5.match(version.etag) else None
        self.parts = hashlib.md5(usedforsecurity=False)
        self.count = 0
        self.size = 0
        self.crc = 0
        self.hash: Any = None
        self.name, self.expected = self._checksum(version.body.get("checksum"))
        if self.name in ("SHA1", "SHA256"):
            self.hash = hashlib.new(self.name.lower())

    def _checksum(self, checksum: Any) -> Tuple[str, bytes]:
        """A full-object checksum in base64 of either alphabet; others are not verified."""
        if not isinstance(checksum, dict):
            return "", b""
        name, kind, value = (str(checksum.get(part)) for part in ("algorithm", "type", "value"))
        lengths = {"CRC32": 4, "SHA1": 20, "SHA256": 32}
        try:
            raw = base64.b64decode(value.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), validate=True)
        except ValueError:
            return "", b""
        known = kind == "FULL_OBJECT" and len(raw) == lengths.get(name, -1)
        return (name, raw) if known else ("", b"")

    def update(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.md5 is not None:
            self.md5.update(piece)
        if self.name == "CRC32":
            self.crc = zlib.crc32(piece, self.crc)
        elif self.hash is not None:
            self.hash.update(piece)

    def part(self, part: Part) -> None:
        self.parts.update(bytes.fromhex(part.blob.md5))
        self.count += 1

    def problems(self, size: int, multipart: bool) -> List[str]:
        found = []
        if self.size != size:
            found.append(f"has {self.size} bytes, its version row says {size}")
        if self.md5 is not None and self.md5.hexdigest() != self.etag and not multipart:
            found.append(f"its MD5 is {self.md5.hexdigest()}, its ETag {self.etag}")
        made = _MULTIPART.match(self.etag)
        if multipart and self.count and made and (made[1], int(made[2])) != (self.parts.hexdigest(), self.count):
            found.append(f"its parts make the ETag {self.parts.hexdigest()}-{self.count}, not {self.etag}")
        got = self.crc.to_bytes(4, "big") if self.name == "CRC32" else self.hash.digest() if self.hash is not None else b""
        if got != self.expected:
            found.append(f"its {self.name} checksum is not the one in its version row")
        return found


def object_bytes(store: Store, version: Version, report: Report = stop, seen: Optional[Set[bytes]] = None) -> Iterator[bytes]:
    """The bytes of a version. Whoever takes them may trust them once the iterator has ended without an error."""
    faults: List[str] = []

    def note(message: str) -> None:
        faults.append(message)
        report(message)

    owner = Owner(2 if "parts" in version.body else 1, version.object_key, version.id)
    reader = Reader(store, version.bucket, owner, str(version), store.data_key(version), note, seen)
    try:
        blob = blob_ref(version.body["blob"], version.size) if "blob" in version.body else None
        count = member(version.body, "parts", int, 0)
    except Damaged as error:
        reader.report(str(error))
        return
    digests = Digests(version)
    if version.marker or ("parts" in version.body and count == 0):
        if blob is not None:
            reader.check_twin(blob.id)
        elif version.marker:
            reader.report("a delete marker that names no twin")
    elif "parts" in version.body:
        for part in manifest_parts(reader, version):
            digests.part(part)
            for piece in reader.read(part.blob):
                digests.update(piece)
                yield piece
    elif blob is not None:
        for piece in reader.read(blob):
            digests.update(piece)
            yield piece
    else:
        reader.report("its version row names neither a blob nor parts")
    if not faults and not version.marker:
        for problem in digests.problems(version.size, "parts" in version.body):
            reader.report(problem)
