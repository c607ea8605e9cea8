"""Files that are written: safe names for hostile object keys, a temporary name until all is verified, side files."""

import errno
import hashlib
import json
import os
import secrets
from typing import Any, BinaryIO, Callable, Dict, Iterable, List

from primitives import Damaged, Unusable
from store import Bucket, Store, Version
from rows import VERSION_ROW, escape

# A component is percent-encoded, so a '%' in it is always followed by two hexadecimal digits. The names this
# program adds ('%object', '%version-…') have another letter there, which is why they never meet an object's.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !#$&'()+,-.;=@[]^_`{}~")
_DEVICES = frozenset(["CON", "PRN", "AUX", "NUL", *(f"{name}{n}" for name in ("COM", "LPT") for n in range(10))])
_LONGEST = 160
_TOO_HOSTILE = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ)


def safe_component(raw: bytes) -> str:
    """One part of a key between slashes, as a file name that is only a name, everywhere."""
    if not raw:
        return "%"
    text = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in raw)
    if text in (".", ".."):
        return text.replace(".", "%2E")
    if text[-1] in ". ":
        text = text[:-1] + f"%{ord(text[-1]):02X}"
    if text.split(".", 1)[0].rstrip().upper() in _DEVICES:
        text = f"%{ord(text[0]):02X}" + text[1:]
    if len(text) > _LONGEST:
        cut = text[:100]
        while "%" in cut[-2:]:
            cut = cut[:-1]
        text = f"{cut}%long-{hashlib.sha256(raw).hexdigest()[:32]}"
    return text


def safe_path(store: Store, bucket: Bucket, object_key: bytes) -> List[str]:
    """Where an object goes below the folder of its bucket. `a` is called `a%object` when there is an `a/b`."""
    parts = [safe_component(part) for part in object_key.split(b"/")]
    if store.db.any(bytes([VERSION_ROW]) + bucket.id + escape(object_key + b"/")):
        parts[-1] += "%object"
    return parts


def private_folder(path: str) -> None:
    os.makedirs(path, mode=0o700, exist_ok=True)


class TemporaryFile:
    """A file under another name in the same folder, which takes its place only when asked to."""

    def __init__(self, folder: str):
        self.path = os.path.join(folder, f"%tmp-{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self.file: BinaryIO = os.fdopen(os.open(self.path, flags, 0o600), "wb")

    def __enter__(self) -> "TemporaryFile":
        return self

    def __exit__(self, *_: Any) -> None:
        self.file.close()
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass

    def finish(self, durable: bool) -> None:
        self.file.flush()
        if durable:
            os.fsync(self.file.fileno())
        self.file.close()

    def replace(self, target: str) -> None:
        os.replace(self.path, target)

    def place(self, target: str) -> None:
        """Takes a name that must be free; a folder or a file that differs only in case is not overwritten."""
        try:
            os.link(self.path, target)
        except OSError as error:
            if error.errno in _TOO_HOSTILE:
                raise
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
            os.rename(self.path, target)


def write_file(pieces: Iterable[bytes], target: str, before: Callable[[], None]) -> int:
    """`get`: replaces the target when every piece was verified and `before` had nothing to say."""
    if os.path.isdir(target):
        raise Unusable(f"{target}: is a folder", "name a file with -o")
    folder = os.path.dirname(target) or "."
    if not os.path.isdir(folder):
        raise Unusable(f"{target}: its folder does not exist", "make the folder first, or name another file with -o")
    size = 0
    with TemporaryFile(folder) as temporary:
        for piece in pieces:
            temporary.file.write(piece)
            size += len(piece)
        before()
        temporary.finish(durable=True)
        temporary.replace(target)
    return size


def metadata(version: Version) -> Dict[str, Any]:
    body = version.body
    out: Dict[str, Any] = {
        "bucket": version.bucket.name.decode("utf-8", "surrogateescape"),
        "key": version.object_key.decode("utf-8", "surrogateescape"),
        "versionId": version.id_text, "null": version.null, "size": version.size, "etag": version.etag,
        "modified": version.modified,
    }
    for name in ("contentType", "headers", "meta", "tags", "checksum", "protection", "parts"):
        if name in body:
            out[name] = body[name]
    return out


def metadata_bytes(version: Version) -> bytes:
    return (json.dumps(metadata(version), indent=1) + "\n").encode("ascii")


class Restorer:
    """`restore`: objects below one new folder."""

    def __init__(self, store: Store, folder: str, with_metadata: bool, note: Callable[[str], None]):
        self.store, self.folder, self.with_metadata, self.note = store, folder, with_metadata, note
        try:
            private_folder(folder)
            if os.listdir(folder):
                raise Unusable(f"{folder}: is not empty", "name a new or an empty folder")
        except OSError as error:
            raise Unusable(f"{folder}: {error.strerror}", "name a new or an empty folder that can be written to") from None

    def write(self, version: Version, pieces: Iterable[bytes], latest: bool) -> int:
        size = 0
        with TemporaryFile(self.folder) as temporary:
            for piece in pieces:
                temporary.file.write(piece)
                size += len(piece)
            self.store.ensure_unchanged()
            temporary.finish(durable=False)
            try:
                seconds = version.modified / 1000
                os.utime(temporary.path, (seconds, seconds))
            except (OSError, OverflowError, ValueError):
                pass
            path = self._place(temporary, version, latest)
        if self.with_metadata:
            with TemporaryFile(self.folder) as temporary:
                temporary.file.write(metadata_bytes(version))
                temporary.finish(durable=False)
                temporary.place(path + "%metadata.json")
        return size

    def _place(self, temporary: TemporaryFile, version: Version, latest: bool) -> str:
        suffix = "" if latest else f"%version-{version.id.hex()}"
        base = os.path.join(self.folder, safe_component(version.bucket.name))
        parts = safe_path(self.store, version.bucket, version.object_key)
        path = os.path.join(base, *parts[:-1], parts[-1] + suffix)
        try:
            private_folder(os.path.dirname(path))
            temporary.place(path)
            return path
        except OSError as error:
            if error.errno not in _TOO_HOSTILE:
                raise
        # Too long for this file system, or one that knows no difference between `A` and `a`.
        path = os.path.join(base, f"%key-{hashlib.sha256(version.object_key).hexdigest()}{suffix}")
        private_folder(base)
        try:
            temporary.place(path)
        except OSError as error:
            raise Damaged(f"{version}: cannot be placed at {path}: {error.strerror}") from None
        self.note(f"{version}: its key cannot be a path here; it is in {path}")
        return path
