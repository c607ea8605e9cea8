"""Tests of the commands, on data folders made by synthetic.py: sound ones and ones damaged in every way named here."""

import contextlib
import errno
import hashlib
import io
import json
import os
import random
import shutil
import sys
import tempfile
import tracemalloc
import unittest
from typing import Callable, Dict, Optional, Tuple
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import coffer_recover  # noqa: E402
import output  # noqa: E402
from payload import object_bytes  # noqa: E402
from primitives import b64, show, unb64  # noqa: E402
from rows import KINDS  # noqa: E402
from store import Store  # noqa: E402
from synthetic import NOW, Maker  # noqa: E402

Change = Callable[[Maker], None]

BIG = random.Random(1).getrandbits(8 * 200000).to_bytes(200000, "big")
HOSTILE = [b"../../up", b"..", b".", b"/absolute", b"a//b", b"nul\0byte", b"trailing/", b"/", b"x" * 1024, b"y/" * 512, "Köln – 🏰".encode(),
           "ü".encode() * 500, b"CON", b"aux.txt", b"dot.", b"space ", b"back\\slash", b"c:drive", b"new\nline", b"%2E%2E", b"%", b"%object", b"a", b"a/b",
           b"a/b/c", b"a%object", b"-rf", b"\xff\xfe", b"A/B", b"~", b"..\\..\\up"]


class Folder(unittest.TestCase):
    """A folder with every kind of row in it."""

    def setUp(self) -> None:
        self.dir = tempfile.mkdtemp(prefix="recovery-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.data = self.path("data")

    def path(self, *parts: str) -> str:
        return os.path.join(self.dir, *parts)

    def maker(self) -> Maker:
        m = Maker()
        self.one, self.two = m.bucket("one", n=1), m.bucket("two", versioning="enabled")
        m.put(self.one, b"inline", b"hello", n=1, contentType="text/plain", meta={"who": "me"}, headers={"cache-control": "no-store"}, tags=[["k", "v"]])
        m.put(self.one, b"file", BIG, file=True, checksum={"algorithm": "SHA256", "type": "FULL_OBJECT", "value": b64(hashlib.sha256(BIG).digest())})
        m.put(self.one, b"empty", b"")
        m.put(self.one, b"empty file", b"", file=True)
        self.parts = [(BIG[:70000], True), (b"tail", False), (BIG[:65536], True)]
        m.multipart(self.one, b"multi", self.parts, page_size=2)
        self.versions = [m.put(self.two, b"k", text, null=False) for text in (b"first", b"second")]
        m.put(self.two, b"k", b"null one")
        m.put(self.two, b"k", b"newest", null=False)
        m.put(self.two, b"gone", b"before", null=False)
        m.marker(self.two, b"gone")
        m.config(self.two, "policy", {"text": "{}", "setAt": NOW})
        self.upload_id = m.upload(self.one, b"up", [b"p" * 100, BIG[:66000]])
        m.bucket_row(self.one, 0x36, [os.urandom(16)], {"key": "multi", "completedAt": NOW})
        m.store_row(0x10, [b"1"], {"name": "first", "canonicalId": "c", "createdAt": NOW, "users": 1, "accessKeys": []})
        m.store_row(0x12, [b"1", b"ann"], {"id": "u", "createdAt": NOW, "accessKeys": []})
        m.store_row(0x13, [b"AKIA"], {"account": "1", "secret": "s", "enabled": True, "createdAt": NOW})
        m.names += ["account/1", "user/1/ann"]
        m.store_row(0x18, [os.urandom(16)], {"startedAt": NOW, "wraps": {"1": 5}})
        m.store_row(0x19, [os.urandom(12)], {"process": "p", "createdAt": NOW})
        m.store_row(0x1A, [os.urandom(16)], {"since": NOW})
        m.store_row(0x1B, [NOW, os.urandom(16)], {"text": "{}", "signature": b64(bytes(64))})
        return m

    def write(self, change: Optional[Change] = None) -> Maker:
        m = self.maker()
        m.write(self.data, change)
        return m

    def run_it(self, *argv: str) -> Tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = coffer_recover.main(["--data", self.data, *argv])
            except SystemExit as stop:
                code = int(stop.code or 0)
        return code, out.getvalue(), err.getvalue()

    def get(self, key: str, *argv: str, bucket: str = "one") -> bytes:
        code, _, err = self.run_it("get", bucket, key, "-o", self.path("out"), *argv)
        self.assertEqual(code, 0, err)
        with open(self.path("out"), "rb") as file:
            return file.read()

    def refuse(self, expected: int, pattern: str, *argv: str) -> str:
        code, out, err = self.run_it(*argv)
        self.assertEqual(code, expected, out + err)
        self.assertRegex(out + err, pattern)
        return err


class Commands(Folder):
    def test_check_of_a_sound_folder(self) -> None:
        m = self.write()
        self.assertEqual({key[0] for key in m.rows}, set(KINDS))
        code, out, err = self.run_it("check")
        self.assertEqual((code, err), (0, ""), err)
        self.assertIn("all is well", out)
        self.assertIn(f"{len(m.rows)} rows, 7 objects, 11 versions, 1 uploads", out)

    def test_a_shredded_bucket(self) -> None:
        m = self.maker()
        m.shred(self.one)
        m.write(self.data)
        code, out, err = self.run_it("check")
        self.assertEqual(code, 0, out + err)
        self.assertRegex(out + err, r"bucket 'one' was shredded: [0-9]+ rows of it wait to be removed")
        self.assertIn("it was in a bucket that was shredded", out + err)
        self.refuse(1, "bucket 'one' was shredded: its secret is gone", "get", "one", "inline", "-o", self.path("out"))
        code, out, _ = self.run_it("list", "--json")
        self.assertEqual((code, [bucket["name"] for bucket in json.loads(out)["buckets"]]), (0, ["two"]))
        code, _, err = self.run_it("restore", "--all", self.path("all"))
        self.assertEqual((code, sorted(os.listdir(self.path("all")))), (0, ["two"]), err)

    def test_list(self) -> None:
        self.write()
        code, out, _ = self.run_it("list", "--json")
        buckets = {bucket["name"]: bucket for bucket in json.loads(out)["buckets"]}
        self.assertEqual((code, sorted(buckets)), (0, ["one", "two"]))
        self.assertEqual([(v["key"], v["size"], v["keyVersion"]) for v in buckets["one"]["versions"]],
                         [("empty", 0, 2), ("empty file", 0, 2), ("file", 200000, 2), ("inline", 5, 1), ("multi", 135540, 2)])
        self.assertEqual([(v["key"], v["latest"], v["deleteMarker"], v["null"]) for v in buckets["two"]["versions"]], [
            ("gone", True, True, False), ("gone", False, False, False), ("k", True, False, False), ("k", False, False, True),
            ("k", False, False, False), ("k", False, False, False)])
        code, out, _ = self.run_it("list")
        self.assertEqual((code, len(out.splitlines())), (0, 1 + 2 + 11))

    def test_get(self) -> None:
        self.write()
        self.assertEqual(self.get("inline"), b"hello")
        self.assertEqual(self.get("file"), BIG)
        self.assertEqual(self.get("empty"), b"")
        self.assertEqual(self.get("empty file"), b"")
        self.assertEqual(self.get("multi"), b"".join(data for data, _ in self.parts))
        self.assertEqual(self.get("k", bucket="two"), b"newest")
        self.assertEqual(self.get("k", "--version-id", "null", bucket="two"), b"null one")
        self.assertEqual(self.get("k", "--version-id", self.versions[0], bucket="two"), b"first")
        self.assertEqual(self.get("k", "--version-id=" + unb64(self.versions[1]).hex(), bucket="two"), b"second")
        self.assertEqual(os.stat(self.path("out")).st_mode & 0o777, 0o600)

    def test_words_that_look_like_options(self) -> None:
        m = Maker()
        bucket = m.bucket("b")
        m.put(bucket, b"-o", b"one")
        with mock.patch("synthetic.os.urandom", lambda size: b"\xfb" * size):
            self.assertEqual(m.put(bucket, b"-o", b"two")[0], "-")
        m.write(self.data)
        out = self.path("out")
        self.refuse(0, "3 bytes verified", "get", "-o", out, "--version-id", b64(b"\xfb" * 16), "--", "b", "-o")
        with open(out, "rb") as file:
            self.assertEqual(file.read(), b"two")

    def test_get_with_metadata(self) -> None:
        self.write()
        self.get("inline", "--metadata")
        with open(self.path("out.metadata.json")) as file:
            told = json.load(file)
        self.assertEqual((told["key"], told["meta"], told["contentType"], told["tags"]), ("inline", {"who": "me"}, "text/plain", [["k", "v"]]))
        self.get("inline", "--metadata", self.path("m"))
        self.assertTrue(os.path.exists(self.path("m")))

    def test_get_refuses(self) -> None:
        self.write()
        with open(self.path("out"), "w") as file:
            file.write("mine")
        for code, pattern, argv in (
                (1, "no bucket 'three'.*one, two", ("three", "k")), (1, "no such object", ("one", "in")), (1, "delete marker", ("two", "gone")),
                (1, "no version", ("two", "k", "--version-id", "A" * 22)), (1, "not a version id", ("two", "k", "--version-id", "x")),
                (2, "standard output", ("one", "inline", "-o", "-")), (2, "is a folder", ("one", "inline", "-o", self.dir)),
                (2, "does not exist", ("one", "inline", "-o", self.path("no", "where")))):
            self.refuse(code, pattern, "get", "-o", self.path("out"), *argv)
        with open(self.path("out")) as file:
            self.assertEqual(file.read(), "mine")
        self.assertEqual(sorted(os.listdir(self.dir)), ["data", "data.root-key", "out"])

    def test_usage(self) -> None:
        self.write()
        self.refuse(0, "exit codes", "--help")
        for argv in ((), ("get", "one"), ("restore", self.path("x")), ("odd",)):
            self.refuse(2, "usage", *argv)
        moved = self.path("elsewhere")
        os.rename(self.data + ".root-key", moved)
        self.refuse(2, "data.root-key: cannot read the root key file.*\n  fix: ", "list")
        self.assertEqual(self.run_it("list", "--root-key", moved)[0], 0)
        self.assertEqual(coffer_recover.run(coffer_recover.arguments().parse_args(["list"]))[0], 2)

    def test_restore(self) -> None:
        self.write()
        code, _, err = self.run_it("restore", "--all", self.path("r"))
        self.assertEqual(code, 0, err)
        self.assertEqual(self.tree(self.path("r")), {
            "one/inline": b"hello", "one/file": BIG, "one/empty": b"", "one/empty file": b"",
            "one/multi": b"".join(data for data, _ in self.parts), "two/k": b"newest"})
        self.assertEqual(os.stat(self.path("r", "one", "file")).st_mtime, (NOW + 1) / 1000)
        self.refuse(2, "is not empty", "restore", "--all", self.path("r"))

    def test_restore_versions_and_metadata(self) -> None:
        self.write()
        self.assertEqual(self.run_it("restore", "--all", self.path("r"), "--versions", "--metadata")[0], 0)
        tree = self.tree(self.path("r"))
        for text, version in zip((b"first", b"second"), self.versions):
            name = f"two/k%version-{unb64(version).hex()}"
            self.assertEqual(tree[name], text)
            self.assertEqual(json.loads(tree[name + "%metadata.json"])["versionId"], version)
        self.assertEqual(len([name for name in tree if name.startswith("two/gone%version-")]), 2)
        self.assertEqual(len(tree), 2 * 10)

    def tree(self, folder: str) -> Dict[str, bytes]:
        found = {}
        for place, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    found[os.path.relpath(os.path.join(place, name), folder)] = file.read()
        return found

    def hostile(self) -> Dict[str, bytes]:
        m = Maker()
        bucket = m.bucket("..")
        for key in HOSTILE:
            m.put(bucket, key, key)
        m.write(self.data)
        code, _, err = self.run_it("restore", "--all", self.path("r", "deep"), "--metadata")
        self.assertEqual(code, 0, err)
        self.assertEqual((sorted(os.listdir(self.dir)), os.listdir(self.path("r"))), (["data", "data.root-key", "r"], ["deep"]))
        tree = self.tree(self.path("r"))
        self.assertTrue(all(name.startswith("deep/%2E%2E/") for name in tree))
        told = {json.loads(raw)["key"].encode("utf-8", "surrogateescape"): tree[name[:-14]]
                for name, raw in tree.items() if name.endswith("%metadata.json")}
        self.assertTrue(told == {key: key for key in HOSTILE})
        return tree

    def test_hostile_names_stay_inside_and_apart(self) -> None:
        tree = self.hostile()
        for name in ("%2E%2E%object", "%2E%2E/%2E%2E/up", "%/absolute", "nul%00byte", "trailing/%", "a%object", "a/b%object", "a/b/c", "a%25object", "%43ON", "K%C3%B6ln %E2%80%93 %F0%9F%8F%B0"):
            self.assertTrue("deep/%2E%2E/" + name in tree, name)

    def test_names_that_the_file_system_cannot_tell_apart(self) -> None:
        real = os.link

        def link(source: str, target: str) -> None:
            folder = os.path.dirname(target)
            if any(name.lower() == os.path.basename(target).lower() for name in os.listdir(folder)):
                raise FileExistsError(errno.EEXIST, "exists", target)
            real(source, target)

        with mock.patch("os.link", link):
            m = Maker()
            bucket = m.bucket("b")
            for key in (b"A", b"a"):
                m.put(bucket, key, key)
            m.write(self.data)
            code, _, err = self.run_it("restore", "--all", self.path("r"))
        self.assertEqual(code, 0)
        self.assertIn("%key-" + hashlib.sha256(b"a").hexdigest(), err)
        self.assertEqual(sorted(self.tree(self.path("r")).values()), [b"A", b"a"])

    def test_file_systems_without_links(self) -> None:
        with mock.patch("os.link", side_effect=PermissionError(errno.EPERM, "no links here")):
            self.hostile()

    def test_safe_components_never_meet(self) -> None:
        chance = random.Random(3)
        seen: Dict[str, bytes] = {}
        for _ in range(20000):
            raw = bytes(chance.choice(b"a.%~ /2E\0\xc3") for _ in range(chance.choice([1, 2, 3, 4, 90]))).replace(b"/", b"")
            name = output.safe_component(raw)
            self.assertEqual(seen.setdefault(name, raw), raw)
            self.assertTrue(name and len(name) <= 160 and name not in (".", "..") and not set(name) & set("/\\\0"))

    def test_a_large_object_is_not_held_in_memory(self) -> None:
        m = Maker()
        bucket = m.bucket("b")
        m.put(bucket, b"large", bytes(24 << 20), file=True)
        m.write(self.data)
        del m
        with Store(self.data) as store:
            version = store.find(store.buckets[b"b"], b"large", None)
            tracemalloc.start()
            size = sum(len(piece) for piece in object_bytes(store, version))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        self.assertEqual(size, 24 << 20)
        self.assertLess(peak, 1 << 20)

    def test_show(self) -> None:
        self.assertEqual(show(b"a\x1b[31m\\\xff\t\xe2\x80\xae"), "a\\x1b[31m\\\\\\xff\\x09\\u{202e}")


if __name__ == "__main__":
    unittest.main()
