"""Recovery kits and the shares of their keys: section 10 of docs/FORMAT.md."""

import hashlib
import re
from typing import Callable, Dict, List, NamedTuple, Tuple

from keys import Keyring, keyring_of, passphrase_key, read_small
from primitives import Damaged, Unusable, Xaes, hkdf, lp, parse_body, same, unb64

KIT_BYTES, SHARE_BYTES = 2097152, 8192

_HEX16, _HEX32, _NUMBER = "[0-9a-f]{16}", "[0-9a-f]{32}", "[1-9][0-9]{0,14}"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_KIT = {"store": _HEX32, "kit": _HEX32, "generation": _NUMBER, "made": _TIME, "lock": "passphrase|shares", "salt": _HEX32,
        "memory": _NUMBER, "passes": _NUMBER, "lanes": _NUMBER, "shares": _NUMBER, "threshold": _NUMBER}
_LOCKS = {"passphrase": ("salt", "memory", "passes", "lanes"), "shares": ("shares", "threshold")}
_SHARE = {"store": _HEX32, "kit": _HEX32, "made": _TIME, "number": _NUMBER, "shares": _NUMBER, "threshold": _NUMBER, "share": "[0-9a-f]{66}"}


def _read(path: str, limit: int, what: str, label: str, patterns: Dict[str, str], more: Tuple[str, ...] = ()) -> Tuple[Dict[str, str], str]:
    """The lines of a kit or share, each of the form it must have, and the head that the check and the seal cover."""
    fix = f"take another copy of this {what}"
    raw = read_small(path, limit, f"the {what}", f"name the {what} itself")
    try:
        lines = raw.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Unusable(f"{path}: not a {what}, it is not text", fix) from None
    values: Dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        known = words[0] in patterns or words[0] in (label, "check", *more)
        if len(words) != 2 or not known or (words[0] in values and words[0] not in more):
            raise Unusable(f"{path}: line {number} does not belong into a {what}, or repeats another", fix)
        values[words[0]] = values.get(words[0], "") + words[1]
    if values.get(label) != "1":
        raise Unusable(f"{path}: not a {what} of format 1: no line '{label} 1'", fix)
    for name, pattern in {**patterns, "check": _HEX16}.items():
        if name in values and not re.fullmatch(pattern, values[name]):
            raise Unusable(f"{path}: line '{name}' is malformed", fix)
    head = f"{label} 1\n" + "".join(f"{name} {values[name]}\n" for name in patterns if name in values)
    return values, head


def _need(path: str, what: str, values: Dict[str, str], names: Tuple[str, ...]) -> None:
    for name in names:
        if name not in values:
            raise Unusable(f"{path}: there is no line '{name}': it is cut short", f"take another copy of this {what}")


def _checked(path: str, what: str, label: str, values: Dict[str, str], covered: bytes) -> None:
    check = hashlib.sha256(f"{label}/1".encode() + covered).digest()[:8]
    if not same(check, bytes.fromhex(values["check"])):
        raise Unusable(f"{path}: 'check' does not fit the rest: something in it was changed", f"take another copy of this {what}")


class Kit(NamedTuple):
    path: str
    store_id: bytes
    kit_id: bytes
    generation: int
    lock: str
    values: Dict[str, str]
    head: str
    sealed: bytes


class Share(NamedTuple):
    path: str
    kit_id: bytes
    x: int
    y: bytes


def read_kit(path: str) -> Kit:
    label, what = "coffer-recovery-kit", "recovery kit"
    values, head = _read(path, KIT_BYTES, what, label, _KIT, ("sealed",))
    _need(path, what, values, ("store", "kit", "generation", "made", "lock", "sealed", "check"))
    fix = f"take another copy of this {what}"
    _need(path, what, values, _LOCKS[values["lock"]])
    for lock, names in _LOCKS.items():
        if lock != values["lock"] and any(name in values for name in names):
            raise Unusable(f"{path}: has lines of a lock that is not its own", fix)
    try:
        sealed = unb64(values["sealed"])
    except Damaged:
        raise Unusable(f"{path}: 'sealed' is malformed", fix) from None
    _checked(path, what, label, values, head.encode() + sealed)
    if values["lock"] == "shares" and not 2 <= int(values["threshold"]) <= int(values["shares"]) <= 255:
        raise Unusable(f"{path}: is split in a way that there is not", fix)
    return Kit(path, bytes.fromhex(values["store"]), bytes.fromhex(values["kit"]), int(values["generation"]), values["lock"], values, head, sealed)


def read_share(path: str) -> Share:
    label, what = "coffer-recovery-share", "share"
    values, head = _read(path, SHARE_BYTES, what, label, _SHARE)
    _need(path, what, values, (*_SHARE, "check"))
    _checked(path, what, label, values, head.encode())
    raw = bytes.fromhex(values["share"])
    if raw[32] == 0:
        raise Unusable(f"{path}: its coordinate is 0", f"take another copy of this {what}")
    return Share(path, bytes.fromhex(values["kit"]), raw[32], raw[:32])


def kit_keyring(kit: Kit, shares: List[str], passphrase: Callable[[], str]) -> Keyring:
    """The keyring in a kit, opened by its passphrase or by shares of its key."""
    if kit.lock == "passphrase":
        costs = (int(kit.values["memory"]), int(kit.values["passes"]), int(kit.values["lanes"]))
        try:
            key = passphrase_key(passphrase(), bytes.fromhex(kit.values["salt"]), *costs)
        except Damaged as error:
            raise Unusable(f"{kit.path}: {error}", "take another copy of this recovery kit") from None
        wrong = "does not open with this passphrase"
    else:
        key = combine(kit, [read_share(path) for path in shares])
        wrong = "does not open with these shares: one of them was changed"
    seal = Xaes(hkdf(key, lp("coffer/1/recovery-kit", kit.store_id, kit.kit_id)))
    body = seal.open(lp("coffer/1/recovery-kit", kit.head), kit.sealed)
    if body is None:
        raise Unusable(f"{kit.path}: {wrong}", "give what belongs to this kit")
    try:
        return keyring_of(kit.path, kit.generation, parse_body(body, kit.path))
    except Damaged as error:
        raise Unusable(f"{kit.path}: opened, but {error}", "take another recovery kit") from None


def combine(kit: Kit, shares: List[Share]) -> bytes:
    threshold = int(kit.values["threshold"])
    points: Dict[int, Share] = {}
    for share in shares:
        if share.kit_id != kit.kit_id:
            raise Unusable(f"{share.path}: a share of the kit {share.kit_id.hex()}, not of {kit.path} ({kit.kit_id.hex()})", "give shares of this kit")
        if share.x in points:
            raise Unusable(f"{share.path}: the same share as {points[share.x].path}", f"give {threshold} different shares")
        points[share.x] = share
    if len(points) < threshold:
        raise Unusable(f"{kit.path}: opens with {threshold} different shares, and {len(points)} are given", "name each with --share FILE")
    chosen = list(points.values())[:threshold]
    return bytes(at_zero([(share.x, share.y[i]) for share in chosen]) for i in range(32))


# GF(256), x^8 + x^4 + x^3 + x + 1

def multiply(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= 0x11B
        b >>= 1
    return product


def inverse(a: int) -> int:
    result = 1
    for _ in range(254):
        result = multiply(result, a)
    return result


def at_zero(points: List[Tuple[int, int]]) -> int:
    """The value at 0 of the polynomial of lowest degree through the points."""
    total = 0
    for j, (x, y) in enumerate(points):
        for m, (other, _) in enumerate(points):
            if m != j:
                y = multiply(y, multiply(other, inverse(other ^ x)))
        total ^= y
    return total


def open_kit(path: str, shares: List[str], passphrase: Callable[[], str]) -> Tuple[bytes, Keyring]:
    """The store that a kit belongs to, and its keyring."""
    kit = read_kit(path)
    if kit.lock == "passphrase" and shares:
        raise Unusable(f"{path}: opens with a passphrase, not with shares", "give --passphrase-file FILE instead of --share")
    return kit.store_id, kit_keyring(kit, shares, passphrase)


