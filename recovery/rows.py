"""Row keys and row values: sections 2.1 and 4 of docs/FORMAT.md."""

import struct
from typing import Any, List, NamedTuple, Optional, Tuple

from primitives import Damaged, show

STORE, BUCKET, MANIFEST, TWIN, INLINE = 1, 2, 3, 4, 5

KEYRING_ROW, STORE_ROW, DIRECTORY_ROW = 0x01, 0x02, 0x03
ACCOUNT_ROW, USER_ROW, ACCESS_KEY_ROW = 0x10, 0x12, 0x13
TRASH_ROW = 0x1A
BUCKET_ROW, CONFIG_ROW = 0x20, 0x21
HEAD_ROW, VERSION_ROW, MANIFEST_ROW, PAYLOAD_ROW = 0x30, 0x31, 0x32, 0x33
UPLOAD_ROW, PART_ROW, TOMBSTONE_ROW = 0x34, 0x35, 0x36


class Kind(NamedTuple):
    name: str
    schemes: Tuple[int, ...]
    fields: Tuple[Any, ...]  # a number of bytes, "str", or "u8" to "u64"
    in_bucket: bool


KINDS = {
    0x01: Kind("keyring", (STORE,), (), False),
    0x02: Kind("store", (STORE,), (), False),
    0x03: Kind("directory", (STORE,), ("u8",), False),
    0x10: Kind("account", (STORE,), ("str",), False),
    0x12: Kind("user", (STORE,), ("str", "str"), False),
    0x13: Kind("access-key", (STORE,), ("str",), False),
    0x18: Kind("process", (STORE,), (16,), False),
    0x19: Kind("reservation", (STORE,), (12,), False),
    0x1A: Kind("trash", (STORE,), (16,), False),
    0x1B: Kind("record", (STORE,), ("u64", 16), False),
    0x20: Kind("bucket", (STORE,), ("str",), False),
    0x21: Kind("bucket-config", (BUCKET,), (16, "str"), True),
    0x30: Kind("head", (BUCKET,), (16, "str"), True),
    0x31: Kind("version", (BUCKET,), (16, "str", "u64"), True),
    0x32: Kind("manifest", (MANIFEST,), (16, 16, "u32"), True),
    0x33: Kind("payload", (TWIN, INLINE), (16, 16), True),
    0x34: Kind("upload", (BUCKET,), (16, "str", "u64", 16), True),
    0x35: Kind("part", (BUCKET,), (16, 16, "u16"), True),
    0x36: Kind("tombstone", (BUCKET,), (16, 16), True),
}

_INTEGERS = {"u8": ">B", "u16": ">H", "u32": ">I", "u64": ">Q"}
_LAST_ORDINAL = (1 << 64) - 1


class RowKey(NamedTuple):
    raw: bytes
    kind: int
    name: str
    fields: Tuple[Any, ...]
    bucket_id: Optional[bytes]

    def __str__(self) -> str:
        fields = self.fields
        if self.kind == VERSION_ROW:
            fields = (*fields[:2], _LAST_ORDINAL - fields[2])
        return " ".join([f"{self.name} row", *(_show_field(field, spec) for field, spec in zip(fields, KINDS[self.kind].fields))])


def _show_field(field: Any, spec: Any) -> str:
    if isinstance(field, int):
        return str(field)
    return f"'{show(field)}'" if spec == "str" else field.hex()


def escape(text: bytes) -> bytes:
    return text.replace(b"\x00", b"\x00\xff")


def make_key(kind: int, *fields: Any) -> bytes:
    out = [bytes([kind])]
    for field, spec in zip(fields, KINDS[kind].fields):
        if spec == "str":
            out += [escape(field), b"\x00\x01"]
        elif spec in _INTEGERS:
            out.append(struct.pack(_INTEGERS[spec], field))
        else:
            out.append(field)
    return b"".join(out)


def ordinal_field(ordinal: int) -> int:
    """Ordinals are stored subtracted from the largest u64, so that the newest version comes first."""
    return _LAST_ORDINAL - ordinal


def parse_key(raw: bytes) -> RowKey:
    if not raw or raw[0] not in KINDS:
        raise Damaged(f"row with key {raw[:40].hex()}: its kind is not known")
    kind = KINDS[raw[0]]
    fields: List[Any] = []
    at = 1
    for spec in kind.fields:
        if spec == "str":
            field, at = _take_string(raw, at)
        else:
            size = struct.calcsize(_INTEGERS[spec]) if spec in _INTEGERS else spec
            if at + size > len(raw):
                raise Damaged(f"{kind.name} row with key {raw[:40].hex()}: the key is too short")
            piece = raw[at:at + size]
            field = int.from_bytes(piece, "big") if spec in _INTEGERS else piece
            at += size
        fields.append(field)
    if at != len(raw) or len(raw) > 2500:
        raise Damaged(f"{kind.name} row with key {raw[:40].hex()}: the key is too long")
    return RowKey(raw, raw[0], kind.name, tuple(fields), fields[0] if kind.in_bucket else None)


def _take_string(raw: bytes, at: int) -> Tuple[bytes, int]:
    out = []
    while True:
        zero = raw.find(b"\x00", at)
        mark = raw[zero + 1:zero + 2]
        if zero < 0 or mark not in (b"\x01", b"\xff"):
            raise Damaged(f"row with key {raw[:40].hex()}: a text in the key does not end")
        out.append(raw[at:zero])
        at = zero + 2
        if mark == b"\x01":
            return b"".join(out), at
        out.append(b"\x00")


class Row(NamedTuple):
    key: RowKey
    scheme: int
    key_version: int
    key_id: bytes
    clear: bytes
    aad: bytes
    sealed: bytes


def parse_row(store_id: bytes, key: RowKey, value: bytes) -> Row:
    """Takes a value apart and checks all that can be checked without a key."""
    if len(value) < 20:
        raise Damaged(f"{key}: the value is too short")
    form, kind, scheme, zero, key_version = struct.unpack_from(">BBBBI", value)
    size = int.from_bytes(value[16:20], "big")
    if form != 1:
        raise Damaged(f"{key}: format {form} is not known to this program")
    if kind != key.kind or zero or scheme not in KINDS[key.kind].schemes:
        raise Damaged(f"{key}: the value belongs to another kind of row or is damaged")
    if 20 + size > len(value):
        raise Damaged(f"{key}: the clear part runs over the end")
    if scheme >= MANIFEST and any(value[4:16]):
        raise Damaged(f"{key}: names a master key though no master key seals it")
    context = store_id + (key.bucket_id or bytes(16)) + key.raw
    return Row(key, scheme, key_version, value[8:16], value[20:20 + size], value[:20 + size] + context, value[20 + size:])


def take_lp(raw: bytes, at: int, what: str) -> Tuple[bytes, int]:
    if at + 4 > len(raw):
        raise Damaged(f"{what}: ends within a length")
    size = int.from_bytes(raw[at:at + 4], "big")
    if at + 4 + size > len(raw):
        raise Damaged(f"{what}: a length runs over the end")
    return raw[at + 4:at + 4 + size], at + 4 + size


class Owner(NamedTuple):
    kind: int  # 1 = version, 2 = upload
    object_key: bytes
    id: bytes


def parse_owner(row: Row) -> Owner:
    """The clear part of a payload row (section 6.3)."""
    kind = row.clear[0] if row.clear else 0
    object_key, at = take_lp(row.clear, 1, str(row.key))
    owner_id, at = take_lp(row.clear, at, str(row.key))
    if kind not in (1, 2) or len(owner_id) != 16 or at != len(row.clear):
        raise Damaged(f"{row.key}: its clear part does not name an owner")
    return Owner(kind, object_key, owner_id)
