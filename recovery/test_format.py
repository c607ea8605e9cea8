"""Tests of the format: published and frozen vectors, row keys, and LMDB pages, damaged ones too."""

import base64
import hashlib
import io
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Dict, List, Tuple
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: E402

from keys import DataKey, Masters, Trust, keyring_name, open_keyring, read_root_key  # noqa: E402
from lmdb_pages import LmdbError, LmdbFile  # noqa: E402
from payload import Blob, Reader, segment_nonce  # noqa: E402
from primitives import Damaged, Unusable, Xaes, hkdf  # noqa: E402
from rows import Owner, make_key, parse_key, parse_owner, parse_row  # noqa: E402
from store import no_passphrase  # noqa: E402
from synthetic import Maker, lmdb_file  # noqa: E402

REPO = os.path.dirname(HERE)
VECTORS = os.path.join(REPO, "tests", "vectors")


def vectors(name: str) -> Any:
    with open(os.path.join(VECTORS, name), encoding="utf-8") as file:
        return json.load(file)


def h(text: str) -> bytes:
    return bytes.fromhex(text)


class Scratch(unittest.TestCase):
    def setUp(self) -> None:
        self.dir = tempfile.mkdtemp(prefix="recovery-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, *parts: str) -> str:
        return os.path.join(self.dir, *parts)

    def file(self, name: str, raw: bytes) -> str:
        with open(self.path(name), "wb") as file:
            file.write(raw)
        return self.path(name)


class PublishedVectors(unittest.TestCase):
    def test_xaes(self) -> None:
        for case in vectors("c2sp-xaes-256-gcm.json")["tests"]:
            cipher, nonce = Xaes(h(case["key"])), h(case["nonce"])
            self.assertEqual(cipher.message_key(nonce).hex(), case["messageKey"])
            self.assertEqual(cipher.open(h(case["aad"]), nonce + h(case["ct"])), h(case["msg"]))
            self.assertIsNone(cipher.open(h(case["aad"]) + b"x", nonce + h(case["ct"])))
        self.assertIsNone(Xaes(bytes(32)).open(b"", bytes(39)))

    def test_xaes_accumulated(self) -> None:
        case = vectors("c2sp-xaes-256-gcm.json")["accumulated"][0]
        stream, at = hashlib.shake_128().digest(case["iterations"] * 570), 0
        total = hashlib.shake_128()

        def take(size: int) -> bytes:
            nonlocal at
            at += size
            return stream[at - size:at]

        for _ in range(case["iterations"]):
            key, nonce = take(32), take(24)
            message = take(take(1)[0])
            aad = take(take(1)[0])
            sealed = Xaes(key).seal(aad, message, nonce)
            total.update(sealed[24:])
            self.assertEqual(Xaes(key).open(aad, sealed), message)
        self.assertEqual(total.hexdigest(32), case["hash"])

    def test_hkdf(self) -> None:
        for name in ("rfc5869-hkdf-sha256.json", "wycheproof-hkdf-sha256.json"):
            for group in vectors(name)["testGroups"]:
                for case in group["tests"]:
                    args = (h(case["ikm"]), h(case["info"]), h(case["salt"]), case["size"])
                    if case.get("result", "valid") == "valid":
                        self.assertEqual(hkdf(*args).hex(), case["okm"])
                    else:
                        self.assertRaises(ValueError, hkdf, *args)

    def test_gcm(self) -> None:
        count = 0
        for group in vectors("wycheproof-aes-256-gcm.json")["testGroups"]:
            for case in group["tests"]:
                count += 1
                cipher, sealed = AESGCM(h(case["key"])), h(case["ct"]) + h(case["tag"])
                if case["result"] == "valid":
                    self.assertEqual(cipher.decrypt(h(case["iv"]), sealed, h(case["aad"])), h(case["msg"]))
                else:
                    self.assertRaises(Exception, cipher.decrypt, h(case["iv"]), sealed, h(case["aad"]))
        self.assertGreater(count, 50)


class FrozenVectors(Scratch):
    """tests/vectors/coffer-1.json: every kind of sealed bytes."""

    def setUp(self) -> None:
        super().setUp()
        self.v = vectors("coffer-1.json")
        ids = self.v["ids"]
        self.store_id, self.bucket_id = h(ids["storeId"]), h(ids["bucketId"])
        self.object_key = ids["objectKey"].encode()
        self.root = read_root_key(self.file("root", self.v["rootKeyFile"].encode()))
        keyring = self.v["keyring"]
        self.keyring = open_keyring("keyring", h(keyring["bytes"]), Trust(lambda: self.root, no_passphrase), keyring["generation"])
        self.masters = Masters(self.store_id, self.keyring)
        self.secret = h(self.v["secrets"]["bucketSecret"])
        self.data_key = DataKey(h(self.v["secrets"]["dataKey"]))

    def test_root_key_and_keyring(self) -> None:
        keyring = self.v["keyring"]
        self.assertEqual((self.root.store_id, self.root.key.hex()), (self.store_id, self.v["secrets"]["rootKey"]))
        self.assertEqual({str(n): key.hex() for n, key in self.keyring.masters.items()}, self.v["secrets"]["masterKeys"])
        self.assertEqual(self.keyring.current, keyring["body"]["current"])
        self.assertEqual(hashlib.sha256(h(keyring["bytes"])).hexdigest(), keyring["digest"])
        self.assertEqual(keyring_name(keyring["generation"], h(keyring["digest"])), keyring["fileName"])

    def test_derivations(self) -> None:
        derived = self.v["derived"]
        self.assertEqual({str(n): key.hex() for n, key in self.masters.key_ids.items()}, derived["keyIds"])
        self.assertEqual(self.data_key.derive("commit").hex(), derived["commitment"])
        self.assertEqual(self.data_key.derive("manifest").hex(), derived["manifestKey"])
        blob_id = h(self.v["ids"]["blobId"])
        self.assertEqual(self.data_key.derive("twin", blob_id).hex(), derived["twinKey"])
        self.assertEqual(self.data_key.payload_key(blob_id).hex(), derived["payloadKey"])
        for n, keys in derived["storeKeys"].items():
            for purpose, key in keys.items():
                nonce = bytes(24)
                self.assertEqual(self.masters.store_key(purpose, int(n)).message_key(nonce), Xaes(h(key)).message_key(nonce))
        for n, keys in derived["bucketKeys"].items():
            for purpose, key in keys.items():
                made = self.masters.bucket_key(purpose, int(n), self.bucket_id, self.secret)
                self.assertEqual(made.message_key(bytes(24)), Xaes(h(key)).message_key(bytes(24)))

    def test_wraps(self) -> None:
        wraps, ids = self.v["wrapped"], self.v["ids"]
        wrap = wraps["bucketSecret"]
        self.assertEqual(self.masters.bucket_secret(wrap["keyVersion"], self.bucket_id, h(wrap["bytes"])), self.secret)
        commitment = h(self.v["derived"]["commitment"])
        for name, context, owner in (("dataKeyOfVersion", "version", ids["versionId"]), ("dataKeyOfUpload", "upload", ids["uploadId"])):
            wrap = wraps[name]
            args = (wrap["keyVersion"], context, self.bucket_id, self.secret, self.object_key, h(owner), h(wrap["bytes"]))
            self.assertEqual(self.masters.data_key(*args, commitment).derive("commit"), commitment)
            self.assertRaisesRegex(Damaged, "commitment", self.masters.data_key, *args, bytes(32))

    def rows(self) -> List[Tuple[Any, Any]]:
        return [(case, parse_row(self.store_id, parse_key(h(case["rowKey"])), h(case["value"]))) for case in self.v["rows"]]

    def test_rows(self) -> None:
        for case, row in self.rows():
            self.assertEqual((row.clear.hex(), row.key_version), (case["clear"], case["keyVersion"]))
            if case["scheme"] == "store":
                opened: Any = self.masters.open_store_row(row)
            elif case["scheme"] == "bucket":
                opened = self.masters.open_bucket_row(row, self.bucket_id, self.secret)
            elif case["scheme"] == "manifest":
                opened = self.data_key.open_manifest(row)
            else:
                self.assertEqual(parse_owner(row), Owner(1, self.object_key, h(self.v["ids"]["versionId"])))
                blob_id = h(case["blobId"])
                if case["scheme"] == "twin":
                    self.data_key.check_twin(row, blob_id)
                    self.assertRaises(Damaged, self.data_key.check_twin, row, bytes(16))
                else:
                    plain = AESGCM(self.data_key.payload_key(blob_id)).decrypt(segment_nonce(0, True), row.sealed, row.aad)
                    self.assertEqual(plain.hex(), case["body"])
                continue
            self.assertEqual(opened, json.loads(h(case["body"])))

    def test_rows_bind_every_byte(self) -> None:
        for case, row in self.rows():
            if case["scheme"] not in ("store", "bucket"):
                continue
            value = h(case["value"])
            for at in range(len(value)):
                bad = value[:at] + bytes([value[at] ^ 1]) + value[at + 1:]
                with self.assertRaises(Damaged):
                    moved = parse_row(self.store_id, row.key, bad)
                    if case["scheme"] == "store":
                        self.masters.open_store_row(moved)
                    else:
                        self.masters.open_bucket_row(moved, self.bucket_id, self.secret)

    def test_blob_files(self) -> None:
        store = mock.Mock(data=self.dir)
        store.store_id = self.store_id
        for case in self.v["blobFiles"]:
            blob_id = h(case["blobId"])
            reader = Reader(store, mock.Mock(id=self.bucket_id), Owner(1, b"", b""), "object", self.data_key)
            os.makedirs(os.path.dirname(reader.path(blob_id)))
            with open(reader.path(blob_id), "wb") as file:
                file.write(base64.b64decode(case["bytes"]))
            pieces = list(reader._file(Blob(blob_id, True, case["plainSize"], "")))
            self.assertEqual(hashlib.sha256(b"".join(pieces)).hexdigest(), case["sha256"])
            self.assertRaises(Damaged, list, reader._file(Blob(blob_id, True, case["plainSize"] + 1, "")))


class RootKeyFile(Scratch):
    def test_refusals(self) -> None:
        good = Maker().root_key_text()
        read_root_key(self.file("k", good.encode()))
        read_root_key(self.file("k", (good.replace("\n", " # why not\r\n") + "\n\nextra 1\n").encode()))
        for change, message in (
                (("check ", "check 0"), "check"), (("coffer-root-key 1", "coffer-root-key 2"), "format 1"), (("state initialised", "state odd"), "state"),
                (("store ", "store x"), "store"), (("key ", "key 1 "), "line"), (("state initialised", "state new\nstate new"), "repeats")):
            with self.assertRaisesRegex(Unusable, message) as caught:
                read_root_key(self.file("k", good.replace(*change).encode()))
            self.assertTrue(caught.exception.fix and self.path("k") in str(caught.exception))
        digit = re.sub(r"(key [0-9a-f]{63})(.)", lambda m: m[1] + ("0" if m[2] != "0" else "1"), good, count=1)
        self.assertRaisesRegex(Unusable, "a digit was changed", read_root_key, self.file("k", digit.encode()))
        self.assertRaises(Unusable, read_root_key, self.file("k", b"\xff\xfe"))
        self.assertRaises(Unusable, read_root_key, self.file("k", b"#" * 70000))
        self.assertRaises(Unusable, read_root_key, self.path("missing"))


class RowKeys(unittest.TestCase):
    def test_round_trip_and_order(self) -> None:
        texts = [b"", b"\0", b"a", b"a\0", b"a\0\xff", b"a/b", b"ab", b"\xff"]
        keys = [make_key(0x31, bytes(16), text, 5) for text in texts]
        self.assertEqual(sorted(keys), [key for _, key in sorted(zip(texts, keys))])
        for text, key in zip(texts, keys):
            self.assertEqual(parse_key(key).fields, (bytes(16), text, 5))

    def test_refusals(self) -> None:
        for raw in (b"", b"\x99", b"\x20a", b"\x20a\0", b"\x20a\0\2", b"\x20a\0\1x", b"\x30" + bytes(15), b"\x01x", b"\x20" + b"a" * 2500 + b"\0\1"):
            self.assertRaises(Damaged, parse_key, raw)


class Pages(Scratch):
    def open(self, raw: bytes) -> LmdbFile:
        db = LmdbFile(self.file("data.mdb", raw))
        self.addCleanup(db.close)
        return db

    def pairs(self, raw: bytes) -> Dict[bytes, bytes]:
        return dict(self.open(raw).scan())

    def test_worked_example(self) -> None:
        """The file whose bytes docs/format/lmdb-pages.md prints, put together from the page itself."""
        with open(os.path.join(REPO, "docs", "format", "lmdb-pages.md"), encoding="utf-8") as file:
            example = file.read().split("## 7.", 1)[1].split("A branch page of another file", 1)[0]
        raw = bytearray(9 * 8192)
        for at, digits in re.findall(r"^([0-9a-f]{6}): ((?:[0-9a-f]{2} {1,2})+)", example, re.M):
            piece = h(digits.replace(" ", ""))
            raw[int(at, 16):int(at, 16) + len(piece)] = piece
        raw[4 * 8192 + 24:4 * 8192 + 24 + 10000] = b"a" * 10000
        db = self.open(bytes(raw))
        self.assertEqual(dict(db.scan()), {b"\0": b"nul key", b"big": b"a" * 10000, b"empty": b"", b"pear": b"green", b"\xff\xfe": b"last"})
        self.assertIn("one commit old", db.warnings[0])  # page 0 of the example is not printed

    def test_shapes(self) -> None:
        chance = random.Random(5)
        for page, count in ((256, 0), (256, 1), (256, 300), (4096, 3000), (8192, 400), (65536, 50)):
            longest = 20 if page == 256 else 60
            pairs = {chance.randbytes(chance.randint(1, longest)): chance.randbytes(chance.choice([0, 3, 90, 5000, 20000][:3 if count > 400 else 5]))
                     for _ in range(count)}
            db = self.open(lmdb_file(pairs, page))
            self.assertEqual(dict(db.scan()), pairs)
            self.assertEqual([], db.warnings)
            for key, value in list(pairs.items())[:100]:
                self.assertEqual(db.get(key), value)
                self.assertIsNone(db.get(key + b"?"))
                self.assertEqual([k for k, _ in db.scan(key[:1])], sorted(k for k in pairs if k[:1] == key[:1]))
            self.assertIsNone(db.get(b""))

    def test_metas(self) -> None:
        raw = bytearray(lmdb_file({b"k": b"v"}, txn=7))
        for broken, warned in ((0, 1), (8192, 1)):
            bad = bytearray(raw)
            bad[broken + 24] ^= 1
            self.assertEqual(len(self.open(bytes(bad)).warnings), warned)
            self.assertEqual(self.pairs(bytes(bad)), {b"k": b"v"})
        bad = bytearray(raw)
        bad[24] ^= 1
        bad[8192 + 24] ^= 1
        self.assertRaisesRegex(LmdbError, "no usable meta page", self.open, bytes(bad))
        for stub in (b"", bytes(raw[:100]), bytes(raw[:8192 + 10]), bytes(raw[:16384])):
            self.assertRaises(LmdbError, self.open, stub)

    def test_fallback_to_the_commit_before(self) -> None:
        raw = bytearray(lmdb_file({b"k": b"v"}, txn=7))
        raw[8192 + 136:8192 + 144] = struct.pack("<Q", 99)  # the root of the newest tree; txn 7 is on page 1
        db = self.open(bytes(raw))
        self.assertIn("the commit before it", db.warnings[0])
        self.assertEqual(dict(db.scan()), {b"k": b"v"})

    def test_a_commit_in_between_is_noticed(self) -> None:
        raw = bytearray(lmdb_file({b"k": b"v"}, txn=7))
        db = self.open(bytes(raw))
        self.assertTrue(db.unchanged())
        raw[152:160] = struct.pack("<Q", 8)
        self.file("data.mdb", bytes(raw))
        self.assertFalse(db.unchanged())

    def test_named_checks(self) -> None:
        raw = lmdb_file({b"a%03d" % n: b"v" * 100 for n in range(200)} | {b"z": b"w" * 20000})
        leaf, run, branch = 5 * 8192, 2 * 8192, raw.rindex(struct.pack("<QQHH", len(raw) // 8192 - 1, 6, 0, 1))
        for at, form, value, message in (
                (leaf, "<Q", 9, "its header says"), (leaf + 8, "<Q", 8, "after the commit"), (leaf + 18, "<H", 1, "unexpected kind"),
                (leaf + 18, "<H", 0x22, "unexpected kind"), (leaf + 20, "<H", 3, "free space"), (leaf + 20, "<H", 0, "too few nodes"),
                (leaf + 22, "<H", 9000, "free space"), (leaf + 24, "<H", 1, "outside"), (leaf + 24, "<H", 8190, "outside"),
                (run + 20, "<I", 2, "another length"), (run + 18, "<H", 2, "unexpected kind"), (branch + 20, "<H", 2, "too few nodes")):
            bad = bytearray(raw)
            struct.pack_into(form, bad, at, value)
            self.assertRaisesRegex(LmdbError, message, self.open, bytes(bad))
        bad = bytearray(raw)  # two children of the root become one page
        first, second = struct.unpack_from("<HH", bad, branch + 24)
        bad[branch + 24 + second:branch + 24 + second + 2] = bad[branch + 24 + first:branch + 24 + first + 2]
        self.assertRaisesRegex(LmdbError, "used twice", self.open, bytes(bad))

    def test_any_damage_is_an_error_or_an_answer(self) -> None:
        chance = random.Random(11)
        good = lmdb_file({chance.randbytes(20): chance.randbytes(chance.choice([5, 50, 700])) for _ in range(60)}, page=512)
        refused = 0
        for _ in range(1500):
            bad = bytearray(good)
            for _ in range(chance.randint(1, 3)):
                at = chance.randrange(len(bad)) if chance.random() < 0.3 else chance.randrange(len(bad) // 512) * 512 + chance.randrange(60)
                bad[at] = chance.choice([0, 1, 255, chance.randrange(256)])
            if chance.random() < 0.1:
                del bad[chance.randrange(len(bad)):]
            try:
                self.assertLessEqual(len(list(LmdbFile("memory", io.BytesIO(bad)).scan())), 60)
            except LmdbError:
                refused += 1
        self.assertGreater(refused, 300)

    def test_files_of_the_real_library(self) -> None:
        node, library = shutil.which("node"), os.path.join(REPO, "node_modules", "lmdb")
        if not node or not os.path.isdir(library):
            self.skipTest("needs Node.js and the installed package lmdb")
        script = """
          const { open } = require(process.argv[1]); const fs = require('fs');
          (async () => {
            const db = open({ path: process.argv[2], overlappingSync: false, pageSize: 8192, encoding: 'binary', keyEncoding: 'binary', compression: false });
            const all = new Map(); const next = n => Math.floor(Math.random() * n);
            for (let round = 0; round < 12; round++) await db.transaction(() => {
              for (let i = 0; i < 400; i++) {
                const key = Buffer.from('key' + next(1500) + 'x'.repeat(next(40)));
                if (next(4) === 0) { db.remove(key); all.delete(key.toString('hex')); continue; }
                const value = Buffer.alloc([0, 10, 500, 4100, 9000, 70000][next(6) < 5 ? next(3) : next(6)], next(256));
                db.put(key, value); all.set(key.toString('hex'), require('crypto').createHash('sha256').update(value).digest('hex'));
              }
            });
            await db.close(); fs.writeFileSync(process.argv[3], JSON.stringify([...all]));
          })();"""
        done = subprocess.run([node, "-e", script, library, self.path("db"), self.path("all.json")], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("all.json")) as file:
            expected = {h(key): digest for key, digest in json.load(file)}
        db = LmdbFile(self.path("db", "data.mdb"))
        self.addCleanup(db.close)
        self.assertEqual({key: hashlib.sha256(value).hexdigest() for key, value in db.scan()}, expected)
        self.assertGreater(db.meta.depth, 1)
        self.assertGreater(db.meta.overflow_pages, 0)


if __name__ == "__main__":
    unittest.main()
