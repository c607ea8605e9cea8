#!/usr/bin/env python3
"""Restores objects from a Coffer data folder and what opens its keyring, without Coffer.

Written from docs/FORMAT.md and docs/format/lmdb-pages.md alone. See README.md for how to use it.
"""

import argparse
import getpass
import json
import os
import signal
import sys
import time
from typing import Any, Iterator, List, Optional, Tuple

try:
    import cryptography  # noqa: F401
except ImportError:
    sys.exit("coffer-recover: the Python package 'cryptography' is missing\n  fix: python3 -m pip install -r requirements.txt")

from check import Check
from keys import read_passphrase, versions_text
from lmdb_pages import LmdbError
from output import Restorer, TemporaryFile, metadata_bytes, write_file
from payload import object_bytes
from primitives import Damaged, Unusable, show
from rows import VERSION_ROW, make_key
from store import Bucket, Entry, Opening, Store

EXIT_CODES = "exit codes: 0 all is well; 1 something is missing or damaged (named on standard error); 2 nothing could be done"


def say(message: str) -> None:
    print(f"coffer-recover: {message}", file=sys.stderr)


class Faults:
    """Counts what went wrong while the command goes on."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, message: str) -> None:
        self.count += 1
        say(message)


def argument_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def listed(store: Store, faults: Faults) -> Iterator[Tuple[Bucket, Optional[Entry], bool]]:
    """Every bucket with no entry, then its versions that open, and whether its head names one as the latest."""
    for bucket in store.buckets.values():
        yield bucket, None, False
        for entry in store.versions(bucket):
            if entry.version is None:
                faults(entry.error)
                continue
            problems = store.compare_head(entry) if entry.latest else []
            for problem in problems:
                faults(problem)
            yield bucket, entry, entry.latest and not problems


def cmd_list(store: Store, options: argparse.Namespace) -> int:
    faults = Faults()
    for error in store.bucket_errors:
        faults(error)
    (list_json if options.json else list_text)(store, faults)
    store.ensure_unchanged()
    return 1 if faults.count else 0


def list_text(store: Store, faults: Faults) -> None:
    print("BUCKET\tKEY\tVERSION\tSIZE\tMODIFIED\tMASTER KEY\tREMARKS")
    for bucket, entry, latest in listed(store, faults):
        if entry is None:
            print(f"{bucket}\t\t\t\t\t{bucket.key_version}\tbucket, versioning {show(str(bucket.body.get('versioning')))}")
            continue
        version = entry.version
        remarks = [word for word, yes in (("latest", latest), ("null", version.null), ("delete marker", version.marker)) if yes]
        print("\t".join([str(bucket), show(version.object_key), version.id_text, str(version.size), when(version.modified),
                         str(version.key_version), ", ".join(remarks)]))


def when(milliseconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(milliseconds / 1000))
    except (ValueError, OverflowError, OSError):
        return str(milliseconds)


def list_json(store: Store, faults: Faults) -> None:
    """One JSON document, written as it is read."""
    out = sys.stdout.write
    out(json.dumps({"storeId": store.store_id.hex(), "keyringGeneration": store.keyring.generation,
                    "currentKeyVersion": store.keyring.current,
                    "masterKeys": {str(version): state for version, state in sorted(store.keyring.states.items())}})[:-1] + ', "buckets": [')
    open_bucket, first = False, True
    for bucket, entry, latest in listed(store, faults):
        if entry is None:
            out("\n]}," if open_bucket else "")
            out("\n" + json.dumps({
                "name": bucket.name.decode("utf-8", "surrogateescape"), "id": bucket.id.hex(), "keyVersion": bucket.key_version,
                "versioning": bucket.body.get("versioning"), "createdAt": bucket.body.get("createdAt")})[:-1] + ', "versions": [')
            open_bucket, first = True, True
            continue
        version = entry.version
        out(("\n" if first else ",\n") + json.dumps({
            "key": version.object_key.decode("utf-8", "surrogateescape"), "versionId": version.id_text, "latest": latest,
            "null": version.null, "deleteMarker": version.marker, "size": version.size, "etag": version.etag,
            "modified": version.modified, "keyVersion": version.key_version}))
        first = False
    out(("\n]}" if open_bucket else "") + "\n]}\n")


def cmd_get(store: Store, options: argparse.Namespace) -> int:
    if options.output == "-":
        raise Unusable("an object is shown only when all of it is verified, so it cannot go to standard output", "name a file with -o")
    bucket = store.bucket(argument_bytes(options.bucket))
    version = store.find(bucket, argument_bytes(options.key), options.version_id)
    size = write_file(object_bytes(store, version), options.output, store.ensure_unchanged)
    if options.metadata is not None:
        write_file([metadata_bytes(version)], options.metadata or options.output + ".metadata.json", lambda: None)
    say(f"{version}: {size} bytes verified, in {options.output}")
    return 0


def cmd_restore(store: Store, options: argparse.Namespace) -> int:
    faults = Faults()
    restorer = Restorer(store, options.dir, options.metadata, say)
    for error in store.bucket_errors:
        faults(error)
    objects = size = markers = 0
    for _, entry, latest in listed(store, faults):
        if entry is None or not (entry.latest or options.versions):
            continue
        if entry.version.marker:
            markers += 1
            continue
        try:
            size += restorer.write(entry.version, object_bytes(store, entry.version), latest)
            objects += 1
        except Damaged as error:
            faults(str(error))
    for name in lost_objects(store):
        faults(f"{name}: its head is there, but its version rows are missing")
    store.ensure_unchanged()
    if hasattr(os, "sync"):
        os.sync()
    what = "versions" if options.versions else "objects"
    say(f"{objects} {what} of {size} bytes restored to {options.dir}, {markers} delete markers passed over, {faults.count} faults")
    return 1 if faults.count else 0


def lost_objects(store: Store) -> List[str]:
    """Objects of which nothing but the head is left."""
    return [f"{bucket}/{show(name)}" for bucket in store.buckets.values() for name in store.headed(bucket)
            if not store.db.any(make_key(VERSION_ROW, bucket.id, name))]


def cmd_check(store: Store, _: argparse.Namespace) -> int:
    faults = Faults()
    check = Check(store, faults, lambda message: say(f"note: {message}"))
    check.run()
    print(f"master keys: {', '.join(versions_text(store.keyring))}")
    print(f"{check.summary()}: " + (f"{faults.count} faults" if faults.count else "all is well"))
    return 1 if faults.count else 0


def arguments() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--data", metavar="DIR", help="the data folder")
    shared.add_argument("--root-key", metavar="FILE", help="the root key file (default: the data folder's name with .root-key)")
    shared.add_argument("--passphrase-file", metavar="FILE", help="the passphrase of a store that is sealed by one, or of the kit (default: asked on the terminal)")
    shared.add_argument("--kit", metavar="FILE", help="a recovery kit, instead of the keyring in the data folder and its root of trust")
    shared.add_argument("--share", metavar="FILE", action="append", help="a share of the kit's key; once for each")
    parser = argparse.ArgumentParser(
        prog="coffer_recover.py", parents=[shared], epilog=EXIT_CODES,
        description="Restores objects from a Coffer data folder and its root key file, its passphrase, or a recovery kit. Stop Coffer first, or use a copy of the folder.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[shared], help=text, description=text, epilog=EXIT_CODES)
        sub.set_defaults(run=run)
        return sub

    sub = command("list", cmd_list, "list buckets, keys, versions, sizes and the master key each row is sealed under")
    sub.add_argument("--json", action="store_true", help="one JSON document")
    sub = command("get", cmd_get, "restore one object, its latest version or another")
    sub.add_argument("bucket", metavar="BUCKET")
    sub.add_argument("key", metavar="KEY")
    sub.add_argument("--version-id", metavar="ID", help="base64url as 'list' or S3 shows it, 32 hexadecimal digits, or 'null'")
    sub.add_argument("-o", "--output", metavar="FILE", required=True, help="where the bytes go; written when all are verified")
    sub.add_argument("--metadata", metavar="FILE", nargs="?", const="", help="write the metadata as JSON (default: the output's name with .metadata.json)")
    sub = command("restore", cmd_restore, "restore every object into a new folder")
    sub.add_argument("--all", action="store_true", required=True, help="every object: the latest version")
    sub.add_argument("dir", metavar="DIR", help="a new or empty folder")
    sub.add_argument("--versions", action="store_true", help="older versions too, as NAME%%version-ID")
    sub.add_argument("--metadata", action="store_true", help="write the metadata beside each object, as NAME%%metadata.json")
    command("check", cmd_check, "open every row and every segment and name what does not open")
    return parser


def joined(argv: List[str]) -> List[str]:
    """Version ids may begin with '-', which argparse takes for an option unless it stands behind '='."""
    out: List[str] = []
    for word in argv:
        if out and out[-1] == "--version-id" and "--" not in out:
            out[-1] += "=" + word
        else:
            out.append(word)
    return out


def main(argv: Optional[List[str]] = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = arguments().parse_args(joined(sys.argv[1:] if argv is None else argv))
    code, message, fix = run(options)
    if message:
        say(message + (f"\n  fix: {fix}" if fix else ""))
    return code


def opening(options: argparse.Namespace) -> Opening:
    kit, shares, path = (getattr(options, name, None) for name in ("kit", "share", "passphrase_file"))
    if shares and not kit:
        raise Unusable("--share goes with --kit", "name the recovery kit with --kit FILE")

    def passphrase() -> str:
        if path is not None:
            return read_passphrase(path)
        if not sys.stdin.isatty():
            raise Unusable("a passphrase is needed, and there is no terminal to ask on", "give it with --passphrase-file FILE")
        return getpass.getpass("Passphrase of the kit: " if kit else "Passphrase of the store: ")

    return Opening(getattr(options, "root_key", None), passphrase, kit, shares or ())


def run(options: argparse.Namespace) -> Tuple[int, str, str]:
    try:
        if not getattr(options, "data", None):
            raise Unusable("which data folder?", "name it with --data DIR")
        with Store(options.data, opening(options)) as store:
            if options.command != "check":
                for warning in store.warnings:
                    say(f"warning: {warning}")
            code = options.run(store, options)
            sys.stdout.flush()
            return code, "", ""
    except Damaged as error:
        return 1, str(error), ""
    except Unusable as error:
        return 2, str(error), error.fix
    except LmdbError as error:
        return 2, f"{options.data}: metadata/data.mdb: {error}", "stop Coffer, or work on a copy of the data folder"
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2, "", ""
    except OSError as error:
        name = error.filename or getattr(options, "output", None) or getattr(options, "dir", None) or options.data
        return 2, f"{name}: {error.strerror or error}", "make room, or see that the place can be read and written"


def interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupted)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("stopped; unfinished files were removed")
        sys.exit(2)
