"""`check`: opens every row and every segment, and names what does not open or is not where it should be."""

import hashlib
import os
import re
from typing import Any, Callable, Dict, Iterator, Optional, Set, Tuple

from payload import Reader, blob_ref, object_bytes
from primitives import Damaged, b64, member, show
from rows import (ACCOUNT_ROW, BUCKET_ROW, CONFIG_ROW, DIRECTORY_ROW, HEAD_ROW, MANIFEST_ROW, PART_ROW, PAYLOAD_ROW, TRASH_ROW,
                  UPLOAD_ROW, USER_ROW, VERSION_ROW, Owner, RowKey, make_key, parse_key)
from store import Bucket, Entry, Store, Upload

_NAME = re.compile(r"[0-9a-f]{32}\Z")
Say = Callable[[str], None]


class Check:
    def __init__(self, store: Store, problem: Say, note: Say):
        self.store, self.problem, self.note = store, problem, note
        self.counts = {"rows": 0, "objects": 0, "versions": 0, "segmented bytes": 0, "uploads": 0}
        self.seen: Set[bytes] = set()  # keys of manifest and payload rows that an owner led to

    def run(self) -> None:
        for warning in self.store.warnings:
            self.problem(warning)
        for error in self.store.bucket_errors:
            self.problem(error)
        self.plain_rows()
        self.directory()
        for bucket in self.store.buckets.values():
            self.bucket(bucket)
        self.owned_rows()
        self.files()
        self.store.ensure_unchanged()

    def plain_rows(self) -> None:
        """Every row that its own key and the store's or a bucket's key open; versions and uploads come later."""
        later = (BUCKET_ROW, VERSION_ROW, MANIFEST_ROW, PAYLOAD_ROW, UPLOAD_ROW, PART_ROW)
        lost: Dict[bytes, int] = {}
        shredded: Dict[bytes, int] = {}
        for raw, value in self.store.db.scan():
            self.counts["rows"] += 1
            try:
                key = parse_key(raw)
                if key.bucket_id is not None and key.bucket_id in self.store.shredded:
                    shredded[key.bucket_id] = shredded.get(key.bucket_id, 0) + 1
                elif key.bucket_id is not None and key.bucket_id not in self.store.by_id:
                    lost[key.bucket_id] = lost.get(key.bucket_id, 0) + 1
                elif key.kind not in later:
                    self.store.open_value(key, value, self.store.by_id.get(key.bucket_id or b""))
            except Damaged as error:
                self.problem(str(error))
        for bucket_id, name in sorted(self.store.shredded.items()):
            self.note(f"bucket '{name}' was shredded: {shredded.get(bucket_id, 0)} rows of it wait to be removed")
        for bucket_id, count in sorted(lost.items()):
            self.problem(f"{count} rows belong to the bucket with id {bucket_id.hex()}, whose row is missing or does not open")

    def directory(self) -> None:
        """The directory and the rows it lists must name each other."""
        listed: Set[str] = set()
        for raw, value in self.store.db.scan(bytes([DIRECTORY_ROW])):
            try:
                key = parse_key(raw)
                names = member(self.store.open_value(key, value), "names", list)
            except Damaged:
                continue  # named by plain_rows
            for name in names:
                if not isinstance(name, str):
                    self.problem(f"{key}: a name in it is not a text")
                elif hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[0] != key.fields[0]:
                    self.problem(f"{key}: lists '{show(name)}', which belongs to another shard")
                else:
                    listed.add(name)
        there: Set[str] = set()
        for kind, word in ((BUCKET_ROW, "bucket"), (ACCOUNT_ROW, "account"), (USER_ROW, "user")):
            for raw, _ in self.store.db.scan(bytes([kind]), values=False):
                try:
                    there.add("/".join([word, *(field.decode("utf-8", "surrogateescape") for field in parse_key(raw).fields)]))
                except Damaged:
                    continue
        for name in sorted(listed - there):
            self.problem(f"the directory lists '{show(name)}', but its row is missing")
        for name in sorted(there - listed):
            self.problem(f"the row of '{show(name)}' is there, but the directory does not list it")

    # Buckets

    def bucket(self, bucket: Bucket) -> None:
        self.configs(bucket)
        for entry in self.store.versions(bucket):
            self.counts["versions"] += 1
            if entry.latest:
                self.counts["objects"] += 1
                for problem in self.store.compare_head(entry):
                    self.problem(problem)
            self.version(entry)
        self.heads(bucket)
        self.uploads(bucket)

    def configs(self, bucket: Bucket) -> None:
        try:
            names = {name for name in member(bucket.body, "configs", list) if isinstance(name, str)}
        except Damaged as error:
            self.problem(f"bucket {bucket}: {error}")
            return
        there = set()
        for raw, _ in self.store.db.scan(bytes([CONFIG_ROW]) + bucket.id, values=False):
            try:
                there.add(parse_key(raw).fields[1].decode("utf-8", "surrogateescape"))
            except Damaged:
                continue
        for name in sorted(names - there):
            self.problem(f"bucket {bucket}: its configuration '{show(name)}' is missing")
        for name in sorted(there - names):
            self.problem(f"bucket {bucket}: has a configuration '{show(name)}' that the bucket row does not name")

    def heads(self, bucket: Bucket) -> None:
        """Heads without versions, and the ordinal of the null version."""
        for raw, value in self.store.db.scan(bytes([HEAD_ROW]) + bucket.id):
            try:
                key = parse_key(raw)
                where = f"{bucket}/{show(key.fields[1])}"
                if not self.store.db.any(make_key(VERSION_ROW, bucket.id, key.fields[1])):
                    self.problem(f"{where}: its head is there, but its version rows are missing")
                    continue
                nulls = member(self.store.open_value(key, value, bucket), "nulls", int, None)
            except Damaged:
                continue
            if nulls is not None:
                rows = self.store.versions(bucket, key.fields[1])
                if not any(entry.ordinal == nulls and (entry.version is None or entry.version.null) for entry in rows):
                    self.problem(f"{where}: its null version, ordinal {nulls}, is missing")

    def version(self, entry: Entry) -> None:
        if entry.version is None:
            self.problem(entry.error)
            return
        try:
            for piece in object_bytes(self.store, entry.version, self.problem, self.seen):
                self.counts["segmented bytes"] += len(piece)
        except Damaged as error:
            self.problem(str(error))

    def uploads(self, bucket: Bucket) -> None:
        found: Dict[bytes, Optional[Reader]] = {}
        for upload in self.store.uploads(bucket):
            if not isinstance(upload, Upload):
                self.problem(upload)
                continue
            self.counts["uploads"] += 1
            found[upload.id] = None
            try:
                owner = Owner(2, upload.object_key, upload.id)
                found[upload.id] = Reader(
                    self.store, bucket, owner, str(upload), self.store.upload_key(upload), self.problem, self.seen)
            except Damaged as error:
                self.problem(str(error))
        for key, body in self.parts(bucket):
            upload_id, number = key.fields[1:]
            if upload_id not in found:
                self.problem(f"bucket {bucket}: part {number} belongs to upload {b64(upload_id)}, whose row is missing or does not open")
                continue
            reader = found[upload_id]
            if reader is None:
                continue
            try:
                blob = blob_ref(body.get("blob"), member(body, "size", int), member(body, "md5", str))
            except Damaged as error:
                self.problem(f"{reader.name}: part {number}: {error}")
                continue
            for piece in reader.read(blob):
                self.counts["segmented bytes"] += len(piece)

    def parts(self, bucket: Bucket) -> Iterator[Tuple[RowKey, Dict[str, Any]]]:
        for raw, value in self.store.db.scan(bytes([PART_ROW]) + bucket.id):
            try:
                key = parse_key(raw)
                yield key, self.store.open_value(key, value, bucket)
            except Damaged as error:
                self.problem(f"bucket {bucket}: {error}")

    # What is left

    def owned_rows(self) -> None:
        """Manifest and payload rows that no version or upload leads to: no key opens them."""
        for kind in (MANIFEST_ROW, PAYLOAD_ROW):
            for raw, _ in self.store.db.scan(bytes([kind]), values=False):
                try:
                    key = parse_key(raw)
                except Damaged:
                    continue
                if raw not in self.seen and key.bucket_id in self.store.by_id:
                    self.problem(f"bucket {self.store.by_id[key.bucket_id]}: {key}: nothing that opens refers to it")

    def files(self) -> None:
        """Blob files without a payload row are leftovers of writes that did not finish, and wait to be deleted."""
        wanted: Set[bytes] = set()
        for raw in self.seen:
            if raw[0] == PAYLOAD_ROW:
                wanted.add(raw[17:])
        shredded = {raw[17:] for raw, _ in self.store.db.scan(bytes([PAYLOAD_ROW]), values=False) if raw[1:17] in self.store.shredded}
        trash = {raw[1:] for raw, _ in self.store.db.scan(bytes([TRASH_ROW]), values=False)}
        folder = os.path.join(self.store.data, "blobs")
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            self.note(f"{folder}: cannot be listed: {error.strerror}")
            return
        for name in names:
            try:
                inside = os.listdir(os.path.join(folder, name))
            except OSError:
                self.note(f"{os.path.join(folder, show(name))}: not a folder of blobs")
                continue
            for file in inside:
                path = os.path.join(folder, name, file)
                if not _NAME.match(file) or file[-2:] != name:
                    self.note(f"{show(path)}: not the name of a blob there")
                elif bytes.fromhex(file) not in wanted:
                    why = "waits to be deleted" if bytes.fromhex(file) in trash else "left over by a write that did not finish"
                    if bytes.fromhex(file) in shredded:
                        why = "it was in a bucket that was shredded"
                    self.note(f"{path}: no object uses it ({why})")

    def summary(self) -> str:
        return (f"{self.counts['rows']} rows, {self.counts['objects']} objects, {self.counts['versions']} versions, "
                f"{self.counts['uploads']} uploads in progress, {self.counts['segmented bytes']} bytes opened")
