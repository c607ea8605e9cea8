"""Makes data folders for the tests, from the format documents: LMDB pages, keyring, rows, blobs."""

import hashlib
import json
import os
import struct
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys import keyring_name
from kits import multiply
from payload import SEGMENT, blob_header, segment_nonce
from primitives import Xaes, b64, hkdf, lp, u32, u64
from rows import KINDS, make_key, ordinal_field

NOW = 1795000000000
PAGE = 8192


# LMDB

def _header(number: int, txn: int, flags: int, lower: int, upper: int) -> bytes:
    return struct.pack("<QQHHHH", number, txn, 0, flags, lower, upper)


def _node_page(number: int, txn: int, flags: int, nodes: List[bytes], page: int) -> bytes:
    body = bytearray(page - 24)
    upper, pointers = len(body), []
    for node in nodes:
        upper -= len(node) + (len(node) & 1)
        body[upper:upper + len(node)] = node
        pointers.append(upper)
    body[:2 * len(nodes)] = struct.pack(f"<{len(nodes)}H", *pointers)
    assert upper >= 2 * len(nodes)
    return _header(number, txn, flags, 2 * len(nodes), upper) + bytes(body)


def _meta_page(index: int, txn: int, record: bytes, last: int, page: int) -> bytes:
    free = struct.pack("<IHHQQQQQ", page, 8, 0, 0, 0, 0, 0, (1 << 64) - 1)
    raw = _header(index, 0, 8, 0, 0) + struct.pack("<IIQQ", 0xBEEFC0DE, 2, 0, 1 << 30) + free + record + struct.pack("<QQQ", last, txn, 0)
    return raw.ljust(page, b"\0")


def _fill(nodes: Iterable[Tuple[bytes, bytes]], page: int) -> List[List[Tuple[bytes, bytes]]]:
    pages: List[List[Tuple[bytes, bytes]]] = []
    used = page
    for key, node in nodes:
        need = len(node) + (len(node) & 1) + 2
        if used + need > page - 24:
            pages.append([])
            used = 0
        pages[-1].append((key, node))
        used += need
    if len(pages) > 1 and len(pages[-1]) == 1:  # a branch page has two nodes or more
        pages[-1].insert(0, pages[-2].pop())
    return pages


def lmdb_file(pairs: Dict[bytes, bytes], page: int = PAGE, txn: int = 7) -> bytes:
    """A data file that holds `pairs`: two equal meta pages but for the transaction, then the tree."""
    metas = [txn - 1, txn] if txn & 1 else [txn, txn - 1]
    txn -= 1  # so that the tree is good for either meta page
    pages: List[bytes] = []
    overflow = 0
    nodes = []
    for key, value in sorted(pairs.items()):
        if 8 + len(key) + len(value) <= 2 * ((page - 24) // 4) - 2:
            nodes.append((key, struct.pack("<HHHH", len(value) & 0xFFFF, len(value) >> 16, 0, len(key)) + key + value))
            continue
        count = -(-(24 + len(value)) // page)
        number = 2 + len(pages)
        run = struct.pack("<QQHHI", number, txn, 0, 4, count) + value
        pages += [run[at:at + page].ljust(page, b"\0") for at in range(0, count * page, page)]
        overflow += count
        nodes.append((key, struct.pack("<HHHH", len(value) & 0xFFFF, len(value) >> 16, 1, len(key)) + key + struct.pack("<QQQ", number, txn, count)))
    depth = branches = 0
    leaves = 0
    root = (1 << 64) - 1
    level: List[Tuple[bytes, int]] = []
    for group in _fill(nodes, page):
        level.append((group[0][0], 2 + len(pages)))
        pages.append(_node_page(2 + len(pages), txn, 2, [node for _, node in group], page))
        leaves += 1
    while level:
        depth += 1
        if len(level) == 1:
            root = level[0][1]
            break
        upper = []
        entries = [(key, struct.pack("<HHHH", n & 0xFFFF, n >> 16 & 0xFFFF, n >> 32, len(key)) + key) for key, n in level]
        for group in _fill(entries, page):
            group = [(key, node if i else node[:6] + b"\0\0") for i, (key, node) in enumerate(group)]
            upper.append((group[0][0], 2 + len(pages)))
            pages.append(_node_page(2 + len(pages), txn, 1, [node for _, node in group], page))
            branches += 1
        level = upper
    record = struct.pack("<IHHQQQQQ", 0, 0, depth, branches, leaves, overflow, len(pairs), root)
    last = max(1, 1 + len(pages))
    return b"".join([_meta_page(index, metas[index], record, last, page) for index in (0, 1)] + pages)


def argon2id(passphrase: str, salt: bytes) -> bytes:
    return Argon2id(salt=salt, length=32, iterations=1, lanes=2, memory_cost=64).derive(passphrase.encode())


def value_at(polynomial: List[int], x: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = multiply(value, x) ^ coefficient
    return value


# A store

class Bucket(NamedTuple):
    name: str
    id: bytes
    secret: bytes
    configs: List[str]


class Maker:
    """Collects rows and files; `write` makes the folder."""

    def __init__(self) -> None:
        self.store_id = os.urandom(16)
        self.root_key = os.urandom(32)
        self.masters = {1: os.urandom(32), 2: os.urandom(32)}
        self.current = 2
        self.generation = 3
        self.passphrase: Optional[str] = None  # seals the keyring instead of the root key
        self.canaries = True
        self.rows: Dict[bytes, bytes] = {}
        self.files: Dict[str, bytes] = {}
        self.names: List[str] = []
        self.buckets: List[Tuple[Bucket, int, Dict[str, Any]]] = []
        self.tops: Dict[Tuple[bytes, bytes], int] = {}

    # Keys and rows

    def store_key(self, purpose: str, n: int) -> Xaes:
        return Xaes(hkdf(self.masters[n], lp("coffer/1/store", purpose, u32(n), self.store_id)))

    def bucket_key(self, bucket: Bucket, purpose: str, n: int) -> Xaes:
        return Xaes(hkdf(self.masters[n] + bucket.secret, lp("coffer/1/bucket", purpose, u32(n), self.store_id, bucket.id)))

    def seal(self, key: bytes, scheme: int, body: Any, cipher: Any, n: int = 0, clear: bytes = b"", bucket_id: bytes = bytes(16)) -> bytes:
        key_id = hkdf(self.masters[n], lp("coffer/1/key-id", self.store_id))[:8] if n else bytes(8)
        front = struct.pack(">BBBBI", 1, key[0], scheme, 0, n) + key_id + u32(len(clear)) + clear
        aad = front + self.store_id + bucket_id + key
        if callable(cipher):
            return front + cipher(aad)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return front + cipher.seal(aad, raw, os.urandom(24))

    def store_row(self, kind: int, fields: Iterable[Any], body: Any, n: int = 0, clear: bytes = b"") -> None:
        n = n or self.current
        key = make_key(kind, *fields)
        self.rows[key] = self.seal(key, 1, body, self.store_key("row", n), n, clear)

    def bucket_row(self, bucket: Bucket, kind: int, fields: Iterable[Any], body: Any, n: int = 0) -> None:
        n = n or self.current
        key = make_key(kind, bucket.id, *fields)
        self.rows[key] = self.seal(key, 2, body, self.bucket_key(bucket, "row", n), n, bucket_id=bucket.id)

    # Buckets and objects

    def bucket(self, name: str, n: int = 0, versioning: str = "off") -> Bucket:
        n = n or self.current
        made = Bucket(name, os.urandom(16), os.urandom(32), [])
        wrapped = self.store_key("bucket-secret", n).seal(lp("coffer/1/wrap-secret", self.store_id, made.id), made.secret, os.urandom(24))
        self.names.append("bucket/" + name)
        self.buckets.append((made, n, {"id": b64(made.id), "secret": b64(wrapped), "account": "1", "createdAt": NOW, "region": "us-east-1",
                                       "mode": "modern", "versioning": versioning}))
        return made

    def shred(self, bucket: Bucket) -> None:
        """Takes the secret out of the bucket's row; all that is in the bucket stays."""
        for made, _, body in self.buckets:
            if made is bucket:
                del body["secret"]
                body["shredded"] = NOW

    def config(self, bucket: Bucket, name: str, body: Any) -> None:
        bucket.configs.append(name)
        self.bucket_row(bucket, 0x21, [name.encode()], body)

    def segments(self, key: bytes, data: bytes, aad: bytes) -> bytes:
        pieces = [data[at:at + SEGMENT] for at in range(0, max(1, len(data)), SEGMENT)]
        return b"".join(AESGCM(key).encrypt(segment_nonce(i, i == len(pieces) - 1), piece, aad) for i, piece in enumerate(pieces))

    def blob(self, bucket: Bucket, data_key: bytes, data: Optional[bytes], file: bool, owner: bytes) -> bytes:
        """A blob with its payload row; without data a twin of nothing."""
        blob_id = os.urandom(16)
        key = make_key(0x33, bucket.id, blob_id)
        payload_key = hkdf(data_key, lp("coffer/1/data", "blob", blob_id))
        if data is not None and not file:
            seal = lambda aad: self.segments(payload_key, data, aad)  # noqa: E731
            self.rows[key] = self.seal(key, 5, b"", seal, clear=owner, bucket_id=bucket.id)
            return blob_id
        twin = Xaes(hkdf(data_key, lp("coffer/1/data", "twin", blob_id)))
        self.rows[key] = self.seal(key, 4, b"", twin, clear=owner, bucket_id=bucket.id)
        if data is not None:
            header = blob_header(blob_id)
            name = blob_id.hex()
            self.files[f"blobs/{name[-2:]}/{name}"] = header + self.segments(payload_key, data, header + self.store_id + bucket.id)
        return blob_id

    def version(self, bucket: Bucket, key: bytes, version_id: bytes, data_key: bytes, body: Dict[str, Any], n: int = 0, null: bool = True) -> str:
        n = n or self.current
        wrapped = self.bucket_key(bucket, "wrap", n).seal(
            lp("coffer/1/wrap", "version", self.store_id, bucket.id, key, version_id), data_key, os.urandom(24))
        commitment = hkdf(data_key, lp("coffer/1/data", "commit"))
        ordinal = self.tops[bucket.id, key] = self.tops.get((bucket.id, key), 0) + 1
        full = {"id": b64(version_id), "modified": NOW + ordinal, "wrapped": b64(wrapped), "commitment": b64(commitment), "protection": "SSE-S3", **body}
        head = {"top": ordinal, "o": ordinal, "v": full["id"], "s": full["size"], "e": full["etag"], "m": full["modified"]}
        if body.get("marker"):
            head["d"] = True
        if null:
            full["null"] = head["n"] = True
            head["nulls"] = ordinal
        self.bucket_row(bucket, 0x31, [key, ordinal_field(ordinal)], full, n)
        self.bucket_row(bucket, 0x30, [key], head, n)
        return full["id"]

    def put(self, bucket: Bucket, key: bytes, data: bytes, file: bool = False, n: int = 0, null: bool = True, **extra: Any) -> str:
        data_key, version_id = os.urandom(32), os.urandom(16)
        blob_id = self.blob(bucket, data_key, data, file, b"\1" + lp(key, version_id))
        body = {"size": len(data), "etag": hashlib.md5(data).hexdigest(), "blob": {"id": b64(blob_id), "file": file}, **extra}
        return self.version(bucket, key, version_id, data_key, body, n, null)

    def marker(self, bucket: Bucket, key: bytes) -> str:
        data_key, version_id = os.urandom(32), os.urandom(16)
        blob_id = self.blob(bucket, data_key, None, False, b"\1" + lp(key, version_id))
        return self.version(bucket, key, version_id, data_key, {"marker": True, "size": 0, "etag": "", "blob": {"id": b64(blob_id), "file": False}}, null=False)

    def multipart(self, bucket: Bucket, key: bytes, contents: List[Tuple[bytes, bool]], page_size: int = 1000, **changed: Any) -> str:
        data_key, version_id = os.urandom(32), os.urandom(16)
        listed = []
        for number, (data, file) in enumerate(contents, 1):
            blob_id = self.blob(bucket, data_key, data, file, b"\2" + lp(key, version_id))
            listed.append([number * 2, b64(blob_id), file, len(data), hashlib.md5(data).hexdigest()])
        pages = [listed[at:at + page_size] for at in range(0, len(listed), page_size)]
        manifest_key = Xaes(hkdf(data_key, lp("coffer/1/data", "manifest")))
        for number, page in enumerate(pages):
            row = make_key(0x32, bucket.id, version_id, number)
            self.rows[row] = self.seal(row, 3, {"parts": page}, manifest_key, bucket_id=bucket.id)
        digests = b"".join(bytes.fromhex(entry[4]) for entry in listed)
        body = {"size": sum(len(data) for data, _ in contents), "etag": f"{hashlib.md5(digests).hexdigest()}-{len(contents)}",
                "parts": len(contents), "pages": len(pages), **changed}
        return self.version(bucket, key, version_id, data_key, body)

    def upload(self, bucket: Bucket, key: bytes, parts: List[bytes]) -> bytes:
        data_key, upload_id = os.urandom(32), os.urandom(16)
        wrapped = self.bucket_key(bucket, "wrap", self.current).seal(
            lp("coffer/1/wrap", "upload", self.store_id, bucket.id, key, upload_id), data_key, os.urandom(24))
        body = {"account": "1", "wrapped": b64(wrapped), "commitment": b64(hkdf(data_key, lp("coffer/1/data", "commit"))), "protection": "SSE-S3", "requestHeaders": {}}
        self.bucket_row(bucket, 0x34, [key, NOW, upload_id], body)
        for number, data in enumerate(parts, 1):
            blob_id = self.blob(bucket, data_key, data, True, b"\2" + lp(key, upload_id))
            md5 = hashlib.md5(data).hexdigest()
            self.bucket_row(bucket, 0x35, [upload_id, number], {"blob": {"id": b64(blob_id), "file": True}, "size": len(data), "md5": md5, "modified": NOW, "etag": md5})
        return upload_id

    # The folder

    def root_key_text(self, state: str = "initialised") -> str:
        check = hashlib.sha256(b"coffer-root-key/1" + self.store_id + self.root_key).hexdigest()[:16]
        return f"# for tests\ncoffer-root-key 1\nstore {self.store_id.hex()}\nkey {self.root_key.hex()}\ncheck {check}\nstate {state}\n"

    def keyring_body(self) -> bytes:
        versions = [{"version": n, "state": "current" if n == self.current else "retained", "createdAt": NOW, "key": b64(key)} for n, key in self.masters.items()]
        return json.dumps({"current": self.current, "versions": [*versions, {"version": 9, "state": "destroyed", "createdAt": NOW}]}).encode()

    def keyring(self) -> bytes:
        body = self.keyring_body()
        if self.passphrase is not None:
            head = b"PP1" + u32(64) + u32(1) + bytes([2]) + os.urandom(16)
            key = Xaes(hkdf(argon2id(self.passphrase, head[12:]), lp("coffer/1/passphrase-keeper", self.store_id)))
            sealed = head + key.seal(lp("coffer/1/keyring", self.store_id, u64(self.generation), head), body, os.urandom(24))
            return b"COFFERK1" + self.store_id + u64(self.generation) + lp(b'{"kind":"passphrase","location":""}', sealed)
        key = Xaes(hkdf(self.root_key, lp("coffer/1/file-keeper", self.store_id)))
        sealed = key.seal(lp("coffer/1/keyring", self.store_id, u64(self.generation)), body, os.urandom(24))
        return b"COFFERK1" + self.store_id + u64(self.generation) + lp(b'{"kind":"file","location":"somewhere"}', sealed)

    def finish(self) -> None:
        """The rows that hang on others: buckets, directory, store and keyring."""
        for bucket, n, body in self.buckets:
            self.store_row(0x20, [bucket.name.encode()], {**body, "configs": bucket.configs}, n)
        shards: Dict[int, List[str]] = {}
        for name in self.names:
            shards.setdefault(hashlib.sha256(name.encode()).digest()[0], []).append(name)
        for shard, names in shards.items():
            self.store_row(0x03, [shard], {"names": names})
        canaries = {str(n): b64(self.store_key("canary", n).seal(lp("coffer/1/canary", self.store_id, u32(n)), b"", os.urandom(24))) for n in self.masters}
        self.store_row(0x02, [], {"format": 1, "createdAt": NOW, "region": "us-east-1", **({"canaries": canaries} if self.canaries else {})})
        keyring = self.keyring()
        digest = hashlib.sha256(keyring).digest()
        self.files["keys/" + keyring_name(self.generation, digest)] = keyring
        self.store_row(0x01, [], {}, clear=u64(self.generation) + digest)
        assert all(key[0] in KINDS for key in self.rows)

    def kit(self, lock: str, key: bytes) -> Tuple[str, str]:
        """The text of a recovery kit, and its id; `lock` is the lines that say how it is locked."""
        kit_id = os.urandom(16)
        head = (f"coffer-recovery-kit 1\nstore {self.store_id.hex()}\nkit {kit_id.hex()}\ngeneration {self.generation}\n"
                f"made 2026-11-24T08:00:00.000Z\n{lock}")
        seal = Xaes(hkdf(key, lp("coffer/1/recovery-kit", self.store_id, kit_id)))
        sealed = seal.seal(lp("coffer/1/recovery-kit", head), self.keyring_body(), os.urandom(24))
        lines = "".join(f"sealed {b64(sealed)[at:at + 76]}\n" for at in range(0, len(b64(sealed)), 76))
        check = hashlib.sha256(b"coffer-recovery-kit/1" + head.encode() + sealed).hexdigest()[:16]
        return f"# a kit\n{head}{lines}check {check}\n", kit_id.hex()

    def passphrase_kit(self, passphrase: str) -> str:
        salt = os.urandom(16)
        return self.kit(f"lock passphrase\nsalt {salt.hex()}\nmemory 64\npasses 1\nlanes 2\n", argon2id(passphrase, salt))[0]

    def split_kit(self, count: int, threshold: int) -> Tuple[str, List[str]]:
        """A kit and the shares of its key."""
        key = os.urandom(32)
        text, kit_id = self.kit(f"lock shares\nshares {count}\nthreshold {threshold}\n", key)
        polynomials = [[byte, *os.urandom(threshold - 1)] for byte in key]
        shares = []
        for number in range(1, count + 1):
            x = 255 - number
            share = bytes(value_at(polynomial, x) for polynomial in polynomials) + bytes([x])
            head = (f"coffer-recovery-share 1\nstore {self.store_id.hex()}\nkit {kit_id}\nmade 2026-11-24T08:00:00.000Z\n"
                    f"number {number}\nshares {count}\nthreshold {threshold}\nshare {share.hex()}\n")
            shares.append(f"{head}check {hashlib.sha256(b'coffer-recovery-share/1' + head.encode()).hexdigest()[:16]}\n")
        return text, shares

    def write(self, folder: str, change: Optional[Callable[["Maker"], None]] = None) -> str:
        """Makes the folder; `change` may damage what is to be written."""
        self.finish()
        if change:
            change(self)
        self.files.update({"coffer": b"coffer-data\n", "lock": b"", "metadata/data.mdb": lmdb_file(self.rows)})
        for name, raw in self.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(raw)
        with open(folder + ".root-key", "w") as file:
            file.write(self.root_key_text())
        return folder
