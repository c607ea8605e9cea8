"""From the root of trust to the keys of rows: sections 3 and 5 of docs/FORMAT.md."""

import hashlib
import os
import re
import struct
import unicodedata
from functools import lru_cache
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from primitives import Damaged, Unusable, Xaes, hkdf, lp, member, parse_body, same, show, u32, u64, unb64
from rows import Row, take_lp

STATES = ("prepared", "current", "retained", "destroyed")
_ROOT_KEY_LINES = (
    ("store", "[0-9a-fA-F]{32}"), ("key", "[0-9a-fA-F]{64}"), ("check", "[0-9a-fA-F]{16}"), ("state", "new|initialised"))


class RootKey(NamedTuple):
    path: str
    store_id: bytes
    key: bytes
    state: str


def read_small(path: str, limit: int, what: str, fix: str) -> bytes:
    try:
        with open(path, "rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise Unusable(f"{path}: cannot read {what}: {error.strerror}", fix) from None
    if len(raw) > limit:
        raise Unusable(f"{path}: too large to be {what}", fix)
    return raw


def read_root_key(path: str) -> RootKey:
    """Section 5.3."""
    fix = "give the root key file of this data folder with --root-key (it is usually called like the folder, with .root-key added)"
    raw = read_small(path, 65536, "the root key file", fix)
    values: Dict[str, str] = {}
    try:
        lines = raw.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise Unusable(f"{path}: not a root key file, it is not text", fix) from None
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) != 2 or words[0] in values:
            raise Unusable(f"{path}: line {number} is not one 'name value' pair, or repeats a name", fix)
        values[words[0]] = words[1]
    if values.get("coffer-root-key") != "1":
        raise Unusable(f"{path}: not a root key file of format 1: no line 'coffer-root-key 1'", fix)
    for name, pattern in _ROOT_KEY_LINES:
        if not re.fullmatch(pattern, values.get(name, "")):
            raise Unusable(f"{path}: line '{name}' is missing or malformed", "take an undamaged copy of the root key file")
    store_id, key = bytes.fromhex(values["store"]), bytes.fromhex(values["key"])
    check = hashlib.sha256(b"coffer-root-key/1" + store_id + key).digest()[:8]
    if not same(check, bytes.fromhex(values["check"])):
        raise Unusable(f"{path}: 'check' does not fit 'store' and 'key': a digit was changed", "take an undamaged copy of the root key file")
    return RootKey(path, store_id, key, values["state"])


def renewed_root_key(root: RootKey) -> Optional[RootKey]:
    """A root key file beside the first, whose renewal was interrupted (section 5.3)."""
    path = os.path.realpath(root.path) + ".new"
    if not os.path.exists(path):
        return None
    renewed = read_root_key(path)
    return renewed if renewed.store_id == root.store_id else None


def passphrase_key(passphrase: str, salt: bytes, memory: int, passes: int, lanes: int) -> bytes:
    """Sections 5.4 and 10: Argon2id, never with more work than a reader does."""
    if not (1 <= lanes <= 16 and 1 <= passes <= 16 and 8 * lanes <= memory <= 1048576):
        raise Damaged("asks for more work to derive its key than any file of Coffer")
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8")
    return Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(secret)


def read_passphrase(path: str) -> str:
    fix = "give the file that holds the passphrase alone, on one line"
    raw = read_small(path, 4096, "the passphrase", fix)
    try:
        text = re.sub(r"\r?\n\Z", "", raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unusable(f"{path}: not a passphrase, it is not text", fix) from None
    if not text or any(unicodedata.category(char) == "Cc" for char in text):
        raise Unusable(f"{path}: not a passphrase: it is not one line of text", fix)
    return text


class Keyring(NamedTuple):
    path: str
    generation: int
    current: int
    masters: Dict[int, bytes]
    states: Dict[int, str]


def keyring_name(generation: int, digest: bytes) -> str:
    return f"keyring-{generation}-{digest.hex()[:16]}"


def parse_keyring_clear(row: Row) -> Tuple[int, bytes]:
    """Section 5.2: which keyring file is in force."""
    if len(row.clear) != 40:
        raise Damaged("keyring row: its clear part is not a generation and a digest")
    return int.from_bytes(row.clear[:8], "big"), row.clear[8:]


class Trust(NamedTuple):
    """What the user gave to open the keyring with; each is looked at only if the keyring needs it."""
    root_key: Callable[[], RootKey]
    passphrase: Callable[[], str]


def read_keyring(folder: str, trust: Trust, generation: int, digest: bytes) -> Tuple[bytes, Keyring]:
    """The store id in the keyring file that the row names, and the keyring."""
    path = os.path.join(folder, keyring_name(generation, digest))
    fix = "restore this very file from a backup of the data folder, or use a recovery kit with --kit; a keyring of another generation does not do"
    raw = read_small(path, 16 << 20, "the keyring named by the store", fix)
    if not same(hashlib.sha256(raw).digest(), digest):
        raise Unusable(f"{path}: its SHA-256 is not the one in the keyring row: the file was changed", fix)
    return raw[8:24], open_keyring(path, raw, trust, generation)


def open_keyring(path: str, raw: bytes, trust: Trust, generation: int) -> Keyring:
    """Section 5.1, for the keepers of sections 5.3 and 5.4."""
    fix = "restore this file from a backup of the data folder, or use a recovery kit with --kit"
    try:
        keeper_raw, at = take_lp(raw, 32, path)
        sealed, at = take_lp(raw, at, path)
        keeper = parse_body(keeper_raw, f"{path}: the keeper")
        kind = member(keeper, "kind", str)
    except Damaged as error:
        raise Unusable(f"{path}: not a keyring file: {error}", fix) from None
    if raw[:8] != b"COFFERK1" or at != len(raw):
        raise Unusable(f"{path}: not a keyring file of format 1", fix)
    if raw[24:32] != u64(generation):
        raise Unusable(f"{path}: its generation is not the one in the keyring row", fix)
    if kind == "file":
        body_raw = _open_by_root_key(path, raw[8:24], sealed, trust.root_key(), generation)
    elif kind == "passphrase":
        body_raw = _open_by_passphrase(path, raw[8:24], sealed, trust.passphrase, generation)
    else:
        raise Unusable(f"{path}: sealed by a keeper of kind '{show(kind)}', which this program does not ask", "use a recovery kit with --kit")
    try:
        return keyring_of(path, generation, parse_body(body_raw, path))
    except Damaged as error:
        raise Unusable(f"{path}: opened, but {error}", fix) from None


def _open_by_root_key(path: str, store_id: bytes, sealed: bytes, root: RootKey, generation: int) -> bytes:
    """Section 5.3."""
    if store_id != root.store_id:
        raise Unusable(
            f"{path}: belongs to store {store_id.hex()}, but the root key file {root.path} to store {root.store_id.hex()}",
            "give the root key file of this data folder with --root-key")
    for candidate in (root, renewed_root_key(root)):
        if candidate is not None:
            seal_key = Xaes(hkdf(candidate.key, lp("coffer/1/file-keeper", store_id)))
            body = seal_key.open(lp("coffer/1/keyring", store_id, u64(generation)), sealed)
            if body is not None:
                return body
    raise Unusable(f"{path}: does not open under the root key in {root.path}",
                   "give the root key file that was in use last; one from before a change of the root key does not do")


def _open_by_passphrase(path: str, store_id: bytes, sealed: bytes, passphrase: Callable[[], str], generation: int) -> bytes:
    """Section 5.4."""
    head = sealed[:28]
    if len(head) < 28 or head[:3] != b"PP1":
        raise Unusable(f"{path}: what its keeper sealed is not of a known form", "use a newer version of this program")
    memory, passes, lanes = struct.unpack_from(">IIB", head, 3)
    try:
        stretched = passphrase_key(passphrase(), head[12:], memory, passes, lanes)
    except Damaged as error:
        raise Unusable(f"{path}: {error}", "restore this file from a backup of the data folder") from None
    seal_key = Xaes(hkdf(stretched, lp("coffer/1/passphrase-keeper", store_id)))
    body = seal_key.open(lp("coffer/1/keyring", store_id, u64(generation), head), sealed[28:])
    if body is None:
        raise Unusable(f"{path}: does not open with this passphrase", "give the passphrase of this store with --passphrase-file")
    return body


def keyring_of(path: str, generation: int, body: Dict[str, Any]) -> Keyring:
    current = member(body, "current", int)
    masters: Dict[int, bytes] = {}
    states: Dict[int, str] = {}
    for entry in member(body, "versions", list):
        if not isinstance(entry, dict):
            raise Damaged("a version in it is not an object")
        version, state = member(entry, "version", int), member(entry, "state", str)
        if version in states or not 1 <= version < 1 << 32 or state not in STATES:
            raise Damaged("a version in it is repeated, out of range or in no known state")
        if ("key" in entry) == (state == "destroyed"):
            raise Damaged(f"version {version} in it is {state}, which does not go with its key")
        states[version] = state
        if state != "destroyed":
            masters[version] = unb64(entry["key"], 32)
    if [version for version, state in states.items() if state == "current"] != [current]:
        raise Damaged("not exactly one version in it is current")
    return Keyring(path, generation, current, masters, states)


class Masters:
    """Everything that derives from the master keys of one store."""

    def __init__(self, store_id: bytes, keyring: Keyring):
        self.store_id = store_id
        self.keyring = keyring
        self.key_ids = {n: hkdf(key, lp("coffer/1/key-id", store_id))[:8] for n, key in keyring.masters.items()}
        self.store_key = lru_cache(maxsize=256)(self._store_key)
        self.bucket_key = lru_cache(maxsize=1024)(self._bucket_key)

    def master(self, version: int) -> bytes:
        key = self.keyring.masters.get(version)
        if key is None:
            state = self.keyring.states.get(version)
            raise Damaged(f"sealed under master key {version}, which " + ("was destroyed" if state else "is not in the keyring"))
        return key

    def _store_key(self, purpose: str, version: int) -> Xaes:
        return Xaes(hkdf(self.master(version), lp("coffer/1/store", purpose, u32(version), self.store_id)))

    def _bucket_key(self, purpose: str, version: int, bucket_id: bytes, secret: bytes) -> Xaes:
        info = lp("coffer/1/bucket", purpose, u32(version), self.store_id, bucket_id)
        return Xaes(hkdf(self.master(version) + secret, info))

    def check_key_id(self, row: Row) -> None:
        try:
            self.master(row.key_version)
        except Damaged as error:
            raise Damaged(f"{row.key}: {error}") from None
        if not same(self.key_ids[row.key_version], row.key_id):
            raise Damaged(f"{row.key}: its key id is not that of master key {row.key_version}")

    def open_store_row(self, row: Row) -> Dict[str, Any]:
        self.check_key_id(row)
        return _opened(row, self.store_key("row", row.key_version).open(row.aad, row.sealed))

    def open_bucket_row(self, row: Row, bucket_id: bytes, secret: bytes) -> Dict[str, Any]:
        self.check_key_id(row)
        return _opened(row, self.bucket_key("row", row.key_version, bucket_id, secret).open(row.aad, row.sealed))

    def opens_canary(self, version: int, canary: bytes) -> bool:
        return self.store_key("canary", version).open(lp("coffer/1/canary", self.store_id, u32(version)), canary) == b""

    def bucket_secret(self, version: int, bucket_id: bytes, wrapped: bytes) -> bytes:
        aad = lp("coffer/1/wrap-secret", self.store_id, bucket_id)
        return _unwrapped(self.store_key("bucket-secret", version).open(aad, wrapped), "its wrapped bucket secret")

    def data_key(self, version: int, context: str, bucket_id: bytes, secret: bytes,
                 object_key: bytes, owner_id: bytes, wrapped: bytes, commitment: bytes) -> "DataKey":
        aad = lp("coffer/1/wrap", context, self.store_id, bucket_id, object_key, owner_id)
        key = _unwrapped(self.bucket_key("wrap", version, bucket_id, secret).open(aad, wrapped), "its wrapped data key")
        data_key = DataKey(key)
        if not same(data_key.derive("commit"), commitment):
            raise Damaged("its data key does not fit the commitment beside it")
        return data_key


def _opened(row: Row, raw: Any) -> Dict[str, Any]:
    if raw is None:
        raise Damaged(f"{row.key}: does not authenticate under master key {row.key_version}")
    return parse_body(raw, str(row.key))


def _unwrapped(raw: Any, what: str) -> bytes:
    if raw is None or len(raw) != 32:
        raise Damaged(f"{what} does not open")
    return bytes(raw)


class DataKey:
    """The key of one object version or upload, and what derives from it."""

    def __init__(self, key: bytes):
        self._key = key

    def derive(self, *info: Any) -> bytes:
        return hkdf(self._key, lp("coffer/1/data", *info))

    def open_manifest(self, row: Row) -> Dict[str, Any]:
        raw = Xaes(self.derive("manifest")).open(row.aad, row.sealed)
        if raw is None:
            raise Damaged(f"{row.key}: does not authenticate under the key of its object")
        return parse_body(raw, str(row.key))

    def check_twin(self, row: Row, blob_id: bytes) -> None:
        if Xaes(self.derive("twin", blob_id)).open(row.aad, row.sealed) != b"":
            raise Damaged(f"{row.key}: the twin does not authenticate under the key of its object")

    def payload_key(self, blob_id: bytes) -> bytes:
        return self.derive("blob", blob_id)


def versions_text(keyring: Keyring) -> List[str]:
    return [f"{version} ({state})" for version, state in sorted(keyring.states.items())]
