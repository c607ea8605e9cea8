"""What both boto3 scripts share: the client, and one printed line for every check."""

import os
import socket
import sys
import traceback

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = os.environ["COFFER_URL"]
MODE = os.environ["COFFER_MODE"]
CANARY = os.environ["COFFER_CANARY"]
FOLDER = os.environ["COFFER_FOLDER"]


def client(endpoint=URL, **config):
    """An S3 client with boto3's default checksums; only its presigner is told to use SigV4."""
    settings = Config(signature_version="s3v4", **config)
    return boto3.client("s3", endpoint_url=endpoint, config=settings)


def body(size):
    """Random bytes with the canary in every 4 KiB."""
    block = bytearray(os.urandom(size))
    mark = CANARY.encode()
    for at in range(0, size - len(mark) + 1, 4096):
        block[at : at + len(mark)] = mark
    return bytes(block)


def check(name):
    """Runs the decorated function at once and prints how it ended."""

    def decorate(work):
        try:
            work()
            print(f"ok {name}")
        except Exception as error:  # every failure of a check is its result
            place = traceback.extract_tb(error.__traceback__)[-1]
            told = f"{type(error).__name__} {error} (line {place.lineno})"
            print(f"not ok {name}: " + told.replace("\n", "\\n"))
        return work

    return decorate


def same(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what} got {shown(actual)}, not {shown(expected)}")


def shown(value):
    text = repr(value)
    return text if len(text) < 400 else f"{text[:200]}... ({len(text)} characters)"


def refused(code, call, message=None, status=None, **arguments):
    """The call must fail with this error code, or one of these, and with the text and status."""
    codes = (code,) if isinstance(code, str) else code
    try:
        call(**arguments)
    except ClientError as error:
        got = error.response["Error"]["Code"]
        same(got in codes, True, f"{got} is not {codes}")
        if message is not None:
            same(error.response["Error"]["Message"], message, "message")
        if status is not None:
            same(error.response["ResponseMetadata"]["HTTPStatusCode"], status, "status")
        return error.response
    raise AssertionError(f"succeeded, and should have failed with {code}")


def resolve_localhost():
    """Names below localhost are the loopback (RFC 6761); not every C library knows."""
    original = socket.getaddrinfo

    def lookup(host, *rest, **options):
        name = host.decode() if isinstance(host, bytes) else host
        return original("127.0.0.1" if name and name.endswith(".localhost") else host, *rest, **options)

    socket.getaddrinfo = lookup


def port():
    return URL.rsplit(":", 1)[1].rstrip("/")


if not sys.flags.utf8_mode:
    sys.stdout.reconfigure(encoding="utf-8")
