"""Bytes, derivations and ciphers: sections 1 and 3 of docs/FORMAT.md, and the two kinds of failure."""

import base64
import hashlib
import hmac
import json
import re
import struct
from typing import Any, Dict, Optional, Union

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Bytes = Union[bytes, memoryview]


class Unusable(Exception):
    """Nothing can be done: a wrong or missing file, a wrong key, a store in use. Exit code 2."""

    def __init__(self, message: str, fix: str = ""):
        super().__init__(message)
        self.fix = fix


class Damaged(Exception):
    """One thing does not open, is missing or does not agree with the rest. Exit code 1."""


def u32(n: int) -> bytes:
    return struct.pack(">I", n)


def u64(n: int) -> bytes:
    return struct.pack(">Q", n)


def lp(*parts: Union[bytes, str]) -> bytes:
    out = []
    for part in parts:
        raw = part.encode("utf-8") if isinstance(part, str) else part
        out += [u32(len(raw)), raw]
    return b"".join(out)


def hkdf(ikm: bytes, info: bytes, salt: bytes = b"", size: int = 32) -> bytes:
    """HKDF-SHA-256, RFC 5869. The format uses it with no salt and 32 bytes of output."""
    if not 0 <= size <= 255 * 32:
        raise ValueError("HKDF-SHA-256 gives at most 8160 bytes")
    prk = hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()
    okm, block, counter = b"", b"", 1
    while len(okm) < size:
        block = hmac.new(prk, block + info + bytes([counter]), hashlib.sha256).digest()
        okm += block
        counter += 1
    return okm[:size]


def same(a: bytes, b: bytes) -> bool:
    return hmac.compare_digest(a, b)


class Xaes:
    """XAES-256-GCM (C2SP) under one key: a GCM key from the key and half of a 24-byte nonce."""

    OVERHEAD = 40

    def __init__(self, key: bytes):
        if len(key) != 32:
            raise ValueError("an XAES-256-GCM key has 32 bytes")
        self._block = Cipher(algorithms.AES(key), modes.ECB())
        left = int.from_bytes(self._encrypt(bytes(16)), "big")
        self._k1 = (left << 1) & ((1 << 128) - 1)
        if left >> 127:
            self._k1 ^= 0x87

    def _encrypt(self, blocks: bytes) -> bytes:
        return self._block.encryptor().update(blocks)

    def message_key(self, nonce: bytes) -> bytes:
        m1 = int.from_bytes(b"\x00\x01X\x00" + nonce[:12], "big") ^ self._k1
        m2 = int.from_bytes(b"\x00\x02X\x00" + nonce[:12], "big") ^ self._k1
        return self._encrypt(m1.to_bytes(16, "big") + m2.to_bytes(16, "big"))

    def open(self, aad: bytes, sealed: bytes) -> Optional[bytes]:
        """The plaintext, or None when the bytes do not authenticate."""
        if len(sealed) < self.OVERHEAD:
            return None
        nonce = sealed[:24]
        try:
            return AESGCM(self.message_key(nonce)).decrypt(nonce[12:], sealed[24:], aad)
        except InvalidTag:
            return None

    def seal(self, aad: bytes, message: bytes, nonce: bytes) -> bytes:
        """Only the tests seal anything."""
        return nonce + AESGCM(self.message_key(nonce)).encrypt(nonce[12:], message, aad)


_B64 = re.compile(r"[A-Za-z0-9_-]*\Z")


def unb64(text: Any, size: Optional[int] = None) -> bytes:
    """base64url without padding, strictly: one text per value."""
    if not isinstance(text, str) or not _B64.match(text) or len(text) % 4 == 1:
        raise Damaged("a member that should be base64url is not")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(raw) != text or (size is not None and len(raw) != size):
        raise Damaged("a base64url member has the wrong length or form")
    return raw


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def parse_body(raw: bytes, what: str) -> Dict[str, Any]:
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Damaged(f"{what}: opened, but its body is not JSON") from None
    if not isinstance(body, dict):
        raise Damaged(f"{what}: opened, but its body is not a JSON object")
    return body


_MISSING = object()


def member(body: Dict[str, Any], name: str, kind: type, default: Any = _MISSING) -> Any:
    """One member of a body, of the type it must have; whole numbers are never negative."""
    value = body.get(name, _MISSING)
    if value is _MISSING:
        if default is _MISSING:
            raise Damaged(f"its body lacks '{name}'")
        return default
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not right or (kind is int and value < 0):
        raise Damaged(f"'{name}' in its body has the wrong type")
    return value


def show(text: Union[str, bytes]) -> str:
    """Text that is safe to print: no control characters, no bytes that are not UTF-8."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    out = []
    for char in text:
        code = ord(char)
        if char == "\\":
            out.append("\\\\")
        elif char.isprintable():
            out.append(char)
        elif 0xDC80 <= code <= 0xDCFF:
            out.append(f"\\x{code - 0xDC00:02x}")
        else:
            out.append(f"\\x{code:02x}" if code < 256 else f"\\u{{{code:x}}}")
    return "".join(out)
