"""Tests of the commands on data folders that are damaged: each damage is named, and nothing wrong is ever restored."""

import hashlib
import json
import os
import struct
import unittest
from typing import Any, Callable, List
from unittest import mock

import output
from primitives import b64, lp
from rows import KINDS, make_key
from synthetic import Maker, lmdb_file
from test_recovery import BIG, Folder


class Damage(Folder):
    def damaged(self, pattern: str, change: Callable[[Maker], None], code: int = 1) -> str:
        """`check` must say `pattern` of a folder that `change` has damaged."""
        self.data = self.path(f"data{len(os.listdir(self.dir))}")
        self.write(change)
        return self.refuse(code, pattern, "check")

    def key_of(self, m: Maker, kind: int, bucket: Any = None, field: bytes = b"", nth: int = 0) -> bytes:
        found = sorted(key for key in m.rows if key[0] == kind and (bucket is None or key[1:17] == bucket.id) and field in key)
        return found[nth]

    def drop(self, *args: Any, **named: Any) -> Callable[[Maker], None]:
        return lambda m: m.rows.pop(self.key_of(m, *args, **named)) and None

    def flip(self, path: str, at: int) -> None:
        with open(path, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0x40]))

    def test_every_kind_of_row_that_is_changed(self) -> None:
        for kind, spec in KINDS.items():
            for at in (3, 10, -1):
                def change(m: Maker) -> None:
                    key = self.key_of(m, kind, field=b"")
                    value = bytearray(m.rows[key])
                    value[at] ^= 1
                    m.rows[key] = bytes(value)
                code = 2 if kind in (0x01, 0x02) else 1
                with self.subTest(spec.name, at=at):
                    self.damaged(spec.name if code == 1 else "row", change, code)

    def test_rows_that_are_missing(self) -> None:
        self.maker()
        for pattern, change in (
                (r"directory does not list|row of 'bucket/", self.drop(0x03)),
                ("directory lists 'account/1', but its row", self.drop(0x10)),
                ("directory lists 'user/1/ann', but its row", self.drop(0x12)),
                ("directory lists 'bucket/two'", lambda m: self.drop(0x20, field=b"two")(m)),
                ("configuration 'policy' is missing", self.drop(0x21)),
                ("head row .*: missing", lambda m: self.drop(0x30, self.one, b"file\0", nth=1)(m)),
                ("one/file: its head is there, but its version rows", lambda m: self.drop(0x31, self.one, b"file\0", nth=1)(m)),
                ("two/k: the newest version row has ordinal 3, but the head names 4", lambda m: self.drop(0x31, self.two, b"k\0")(m)),
                ("two/k: its null version, ordinal 3, is missing", lambda m: self.drop_null(m)),
                ("page 1 of its manifest is missing", lambda m: self.drop(0x32, nth=1)(m)),
                (r"one/.*: blob [0-9a-f]{32}: its payload row is missing", lambda m: self.drop(0x33, self.one)(m)),
                ("part 1 belongs to upload", self.drop(0x34)),
                ("nothing that opens refers to it", self.drop(0x35))):
            with self.subTest(pattern):
                self.damaged(pattern, change)

    def drop_null(self, m: Maker) -> None:
        m.rows.pop(self.key_of(m, 0x31, self.two, b"k\0", nth=1))
        key = make_key(0x30, self.two.id, b"k")
        body = {"top": 4, "nulls": 3, "o": 4, "v": "A" * 22, "s": 6, "e": "", "m": 1}
        m.bucket_row(self.two, 0x30, [b"k"], body)
        self.assertIn(key, m.rows)

    def test_rows_that_were_moved(self) -> None:
        def swap(kind: int) -> Callable[[Maker], None]:
            def change(m: Maker) -> None:
                a, b = sorted(key for key in m.rows if key[0] == kind and key[1:17] == self.one.id)[:2]
                m.rows[a], m.rows[b] = m.rows[b], m.rows[a]
            return change
        for kind in (0x30, 0x31, 0x32, 0x33, 0x35):
            with self.subTest(KINDS[kind].name):
                self.damaged("does not authenticate|names another owner|of another kind|holds", swap(kind))
        self.damaged("not known", lambda m: m.rows.update({b"\x77odd": b"x"}))
        self.damaged("bucket with id 0000", lambda m: m.rows.update({make_key(0x30, bytes(16), b"k"): bytes(40)}))

    def restored(self) -> List[str]:
        folder = self.path("r" + str(len(os.listdir(self.dir))))
        code, _, self.err = self.run_it("restore", "--all", folder)
        self.assertEqual(code, 1, self.err)
        return sorted(os.path.relpath(os.path.join(place, name), folder) for place, _, names in os.walk(folder) for name in names)

    def blob_path(self, m: Maker, size: int) -> str:
        return next(os.path.join(self.data, name) for name, raw in m.files.items() if name.startswith("blobs") and len(raw) == size)

    def test_segments(self) -> None:
        m = self.write()
        path = self.blob_path(m, 32 + 200000 + 4 * 16)
        self.flip(path, 32 + 65552 + 5)
        self.flip(path, 32 + 3 * 65552)
        err = self.refuse(1, "one/file", "check")
        self.assertRegex(err, r"one/file \(version .*\): \S+blobs\S+: segment 1 of 4 does not authenticate")
        self.assertIn("segment 3 of 4", err)
        self.assertEqual(err.count("\n"), 2)
        self.refuse(1, "segment 1 of 4", "get", "one", "file", "-o", self.path("out"))
        self.assertFalse(os.path.exists(self.path("out")))
        self.assertEqual(self.restored(), ["one/empty", "one/empty file", "one/inline", "one/multi", "two/k"])

    def test_blob_files(self) -> None:
        def edit(change: Callable[[str], Any]) -> Callable[[Maker], None]:
            def run(m: Maker) -> None:
                self.after = lambda: change(self.blob_path(m, 200096))
            return run
        size = 200096
        for pattern, change in (
                ("its header is not that of blob", lambda path: self.flip(path, 20)), ("its header is not", lambda path: self.flip(path, 9)),
                (f"has {size - 1} bytes, not {size}", lambda path: os.truncate(path, size - 1)), ("ends within segment 1 of 4", lambda path: os.truncate(path, 70000)),
                (f"has {size + 5} bytes", lambda path: os.truncate(path, size + 5)), ("cannot read it: No such file", os.unlink),
                ("not a file", lambda path: (os.unlink(path), os.mkfifo(path)))):
            with self.subTest(pattern):
                self.data = self.path(f"data{len(os.listdir(self.dir))}")
                self.write(edit(change))
                self.after()
                self.refuse(1, pattern, "check")
                self.assertNotIn("one/file", self.restored())

    def test_leftover_files_are_only_noted(self) -> None:
        self.write()
        for name in ("blobs/00/" + "0" * 32, "blobs/00/odd", "blobs/loose", "keys/keyring-9-0000"):
            os.makedirs(os.path.dirname(os.path.join(self.data, name)), exist_ok=True)
            with open(os.path.join(self.data, name), "w"):
                pass
        err = self.refuse(0, "left over by a write that did not finish", "check")
        self.assertEqual(err.count("note: "), 3)

    def test_bodies_that_disagree(self) -> None:
        def put(**extra: Any) -> Callable[[Maker], None]:
            return lambda m: m.put(self.one, b"odd", BIG[:1000], **extra) and None
        for pattern, change in (
                ("its MD5 is .*, its ETag", put(etag="0" * 32)),
                ("not the 516 of 500 bytes sealed", put(size=500)),
                ("SHA256 checksum", put(checksum={"algorithm": "SHA256", "type": "FULL_OBJECT", "value": "A" * 43})),
                ("CRC32 checksum", put(checksum={"algorithm": "CRC32", "type": "FULL_OBJECT", "value": "AAAAAA=="})),
                ("does not fit the commitment", put(commitment="A" * 43)), ("wrapped data key does not open", put(wrapped="A" * 96)),
                ("names neither a blob nor parts", lambda m: m.version(self.one, b"odd", bytes(16), bytes(32), {"size": 0, "etag": ""}) and None),
                ("'modified' in its body has the wrong type", put(modified="now")), ("'modified'", put(modified=True)), ("'size'", put(size=-1)),
                ("make the ETag", lambda m: m.multipart(self.one, b"odd", [(b"x", False)], etag="0" * 32 + "-1") and None),
                ("has 1 parts of 1 bytes together, its version row says 2 of 1", lambda m: m.multipart(self.one, b"odd", [(b"x", False)], parts=2) and None)):
            with self.subTest(pattern):
                self.damaged(f"one/odd.*{pattern}|version row .*odd.*{pattern}", change)
                self.assertNotIn("one/odd", self.restored())

    def test_a_marker_without_a_twin(self) -> None:
        body = {"size": 0, "etag": "", "marker": True}
        self.damaged("one/odd.*names no twin", lambda m: m.version(self.one, b"odd", bytes(16), bytes(32), body) and None)

    def test_objects_of_zero_parts(self) -> None:
        m = self.maker()
        data_key, version_id = os.urandom(32), os.urandom(16)
        blob_id = m.blob(self.one, data_key, None, False, b"\2" + lp(b"none", version_id))
        m.version(self.one, b"none", version_id, data_key, {"size": 0, "etag": hashlib.md5(b"").hexdigest() + "-0", "parts": 0, "pages": 0, "blob": {"id": b64(blob_id), "file": False}})
        m.write(self.data)
        self.assertEqual(self.run_it("check")[0], 0)
        self.assertEqual(self.get("none"), b"")

    def test_an_older_version_never_passes_for_the_latest(self) -> None:
        self.write(lambda m: self.drop(0x31, self.two, b"k\0")(m))
        self.refuse(1, "the head names 4.*--version-id", "get", "two", "k", "-o", self.path("out"))
        names = self.restored()
        self.assertNotIn("two/k", names)
        self.assertEqual(self.get("k", "--version-id", self.versions[1], bucket="two"), b"second")

    # Keys

    def test_keyring(self) -> None:
        m = self.write()
        name = next(os.path.join(self.data, name) for name in m.files if name.startswith("keys/"))
        self.flip(name, 100)
        err = self.refuse(2, "its SHA-256 is not the one in the keyring row", "check")
        self.assertIn(name, err)
        self.assertIn("fix: ", err)
        os.unlink(name)
        self.refuse(2, "cannot read the keyring named by the store", "list")

    def test_a_keyring_of_another_root_key(self) -> None:
        def other_key(m: Maker) -> None:
            m.root_key = os.urandom(32)
        self.damaged("does not open under the root key in", other_key, 2)

    def test_a_root_key_of_another_store(self) -> None:
        self.write()
        with open(self.path("other"), "w") as file:
            file.write(Maker().root_key_text())
        self.refuse(2, "belongs to store [0-9a-f]{32}, but the root key file .*other to store", "list", "--root-key", self.path("other"))

    def test_keyrings_that_are_odd_inside(self) -> None:
        for pattern, sub in (("exactly one version", ("retained", "current")), ("no known state", ("retained", "resting")), ("goes? with its key", ("retained", "destroyed"))):
            real = json.dumps
            with mock.patch("synthetic.json.dumps", lambda body, sub=sub: real(body).replace(*sub) if "versions" in body else real(body)):
                self.damaged("keyring-3-.*: opened, but", lambda m: None, 2)

    def test_rows_under_a_destroyed_master_key(self) -> None:
        def change(m: Maker) -> None:
            m.masters[9] = os.urandom(32)
            m.put(self.one, b"old", b"old", n=9)
        self.damaged("old.*sealed under master key 9, which was destroyed", change)
        self.assertIn("one/inline", self.restored())

    def test_a_wrong_key_id(self) -> None:
        def change(m: Maker) -> None:
            key = self.key_of(m, 0x31, self.one, b"inline")
            m.rows[key] = m.rows[key][:8] + bytes(8) + m.rows[key][16:]
        self.damaged("its key id is not that of master key 1", change)

    def test_the_folder(self) -> None:
        m = self.write()
        with open(os.path.join(self.data, "coffer"), "w") as file:
            file.write("something else")
        self.refuse(2, "does not say that this is a Coffer data folder", "list")
        os.unlink(os.path.join(self.data, "coffer"))
        self.refuse(0, "warning: .*the mark of a data folder cannot be read", "list")
        os.unlink(os.path.join(self.data, "metadata", "data.mdb"))
        self.refuse(2, "data.mdb: cannot read it: .*\n  fix: ", "list")
        with open(os.path.join(self.data, "metadata", "data.mdb"), "wb") as file:
            file.write(lmdb_file({}))
        self.refuse(2, "there is no keyring row", "list")
        with open(self.data + ".root-key", "w") as file:
            file.write(m.root_key_text("new"))
        self.refuse(2, "never initialised", "list")
        self.data = self.path("nowhere")
        self.refuse(2, "nowhere: not a folder", "list")

    def test_damaged_pages(self) -> None:
        m = self.write()
        path = os.path.join(self.data, "metadata", "data.mdb")
        self.flip(path, 8192 * (os.path.getsize(path) // 8192 - 1) + 18)
        self.refuse(2, "data.mdb: page [0-9]+: unexpected kind", "check")
        with open(path, "wb") as file:
            file.write(lmdb_file(m.rows))
        self.flip(path, 24)
        self.refuse(1, "may be one commit old", "check")
        self.refuse(0, "warning: .*may be one commit old", "list")

    def test_a_store_that_is_written_to_meanwhile(self) -> None:
        self.write()
        path = os.path.join(self.data, "metadata", "data.mdb")
        real = output.write_file

        def slow(pieces: Any, target: str, before: Any) -> int:
            with open(path, "r+b") as file:
                file.seek(152)
                file.write(struct.pack("<Q", 1000))
            return real(pieces, target, before)

        with mock.patch("coffer_recover.write_file", slow):
            self.refuse(2, "was written to while it was read\n  fix: stop Coffer", "get", "one", "inline", "-o", self.path("out"))
        self.assertFalse(os.path.exists(self.path("out")))

    def test_a_full_disk_leaves_nothing_behind(self) -> None:
        self.write()
        with mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")):
            self.refuse(2, "No space left", "get", "one", "inline", "-o", self.path("out"))
        self.assertEqual(sorted(os.listdir(self.dir)), ["data", "data.root-key"])


if __name__ == "__main__":
    unittest.main()
