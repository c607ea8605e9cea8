"""boto3's real work: transfers, checksums, conditions, presigned requests, multipart, versions."""

import base64
import hashlib
import io
import os
import threading
import urllib.request
import urllib.error
import uuid
import zlib

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from boto3_checks import CANARY, FOLDER, body, check, client, port, refused, resolve_localhost, same

MIB = 1024 * 1024
BUCKET = "boto3-bucket"
s3 = client()


def stored(key, **more):
    return s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()


@check("create_bucket, head_bucket, list_buckets")
def _():
    s3.create_bucket(Bucket=BUCKET)
    head = s3.head_bucket(Bucket=BUCKET)
    same(head["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"], "us-east-1")
    assert BUCKET in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    pages = s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 1})
    assert BUCKET in [bucket["Name"] for page in pages for bucket in page["Buckets"]]


@check("put_object and get_object with default checksums")
def _():
    data = body(100_000)
    put = s3.put_object(Bucket=BUCKET, Key="one", Body=data, Metadata={"note": CANARY}, Tagging=f"note={CANARY}")
    same(put["ETag"], f'"{hashlib.md5(data).hexdigest()}"', "ETag")
    same(put["ServerSideEncryption"], "AES256")
    crc = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
    same(put["ChecksumCRC32"], crc, "CRC32")
    got = s3.get_object(Bucket=BUCKET, Key="one")
    same(got["Body"].read(), data, "bytes")
    same(got["ChecksumCRC32"], crc, "CRC32 of get")
    same((got["Metadata"], got["TagCount"]), ({"note": CANARY}, 1))


@check("put_object from a stream that cannot be rewound (aws-chunked with trailer)")
def _():
    data = body(3 * MIB + 7)
    path = os.path.join(FOLDER, "boto3-stream")
    with open(path, "wb") as file:
        file.write(data)
    with open(path, "rb") as file:
        s3.put_object(Bucket=BUCKET, Key="stream", Body=file)
    same(stored("stream"), data, "bytes")
    head = s3.head_object(Bucket=BUCKET, Key="stream")
    assert "ContentEncoding" not in head, "aws-chunked was kept as Content-Encoding"


@check("upload_fileobj and download_fileobj of 30 MiB")
def _():
    data = body(30 * MIB + 1)
    s3.upload_fileobj(io.BytesIO(data), BUCKET, "large", ExtraArgs={"ServerSideEncryption": "AES256"})
    out = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", out)
    same(out.getvalue() == data, True, "bytes")
    head = s3.head_object(Bucket=BUCKET, Key="large", PartNumber=1)
    same((head["ContentLength"], head["PartsCount"]), (8 * MIB, 4), "part 1")
    same(head["ServerSideEncryption"], "AES256")


@check("copy of 30 MiB inside the server (UploadPartCopy)")
def _():
    small = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=7 * MIB)
    s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "copied", Config=small)
    same(stored("copied") == stored("large"), True, "bytes")


@check("all five checksums, in a header and verified on get")
def _():
    data = body(20_000)
    for algorithm in ["CRC32", "SHA1", "SHA256"]:
        put = s3.put_object(Bucket=BUCKET, Key=algorithm, Body=data, ChecksumAlgorithm=algorithm)
        got = s3.get_object(Bucket=BUCKET, Key=algorithm, ChecksumMode="ENABLED")
        same(got["Body"].read(), data, algorithm)
        same(got[f"Checksum{algorithm}"], put[f"Checksum{algorithm}"], algorithm)
        same(got["ChecksumType"], "FULL_OBJECT", algorithm)
    # boto3 computes these two only with the CRT; the check values are of the CRC catalogue.
    for name, value in [("CRC32C", "4waSgw=="), ("CRC64NVME", "rosUhgp5mIg=")]:
        s3.put_object(Bucket=BUCKET, Key=name, Body=b"123456789", **{f"Checksum{name}": value})
        got = s3.head_object(Bucket=BUCKET, Key=name, ChecksumMode="ENABLED")
        same(got[f"Checksum{name}"], value, name)


@check("a wrong checksum of each kind stores nothing")
def _():
    lengths = {"CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32}
    for name, length in lengths.items():
        value = base64.b64encode(b"\1" * length).decode()
        wrong = {f"Checksum{name}": value}
        mismatch = ("BadDigest", "XAmzContentChecksumMismatch")
        refused(mismatch, s3.put_object, Bucket=BUCKET, Key="wrong", Body=b"data", **wrong)
        refused("404", s3.head_object, Bucket=BUCKET, Key="wrong")
    md5 = base64.b64encode(b"\1" * 16).decode()
    refused("BadDigest", s3.put_object, Bucket=BUCKET, Key="wrong", Body=b"data", ContentMD5=md5)


@check("conditional writes and reads")
def _():
    first = s3.put_object(Bucket=BUCKET, Key="cond", Body=b"1", IfNoneMatch="*")
    refused("PreconditionFailed", s3.put_object, status=412, Bucket=BUCKET, Key="cond", Body=b"2", IfNoneMatch="*")
    s3.put_object(Bucket=BUCKET, Key="cond", Body=b"2", IfMatch=first["ETag"])
    refused("PreconditionFailed", s3.put_object, Bucket=BUCKET, Key="cond", Body=b"3", IfMatch=first["ETag"])
    refused("NoSuchKey", s3.put_object, status=404, Bucket=BUCKET, Key="none", Body=b"3", IfMatch=first["ETag"])
    same(stored("cond"), b"2")
    etag = s3.head_object(Bucket=BUCKET, Key="cond")["ETag"]
    refused("304", s3.get_object, Bucket=BUCKET, Key="cond", IfNoneMatch=etag)
    refused("PreconditionFailed", s3.get_object, Bucket=BUCKET, Key="cond", IfMatch=first["ETag"])


@check("sixteen writers with If-None-Match, exactly one wins")
def _():
    outcomes = []

    def write():
        try:
            s3.put_object(Bucket=BUCKET, Key="race", Body=os.urandom(2000), IfNoneMatch="*")
            outcomes.append(200)
        except ClientError as error:
            outcomes.append(error.response["ResponseMetadata"]["HTTPStatusCode"])

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(outcomes.count(200), 1, f"{outcomes}")
    same([code for code in outcomes if code not in (200, 409, 412)], [], "other answers")


def send(url, data=None, method="GET", headers=None):
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@check("generate_presigned_url for put with AES256 and for get")
def _():
    data = body(70_000)
    at = {"Bucket": BUCKET, "Key": "presigned +%/é"}
    put = s3.generate_presigned_url("put_object", {**at, "ServerSideEncryption": "AES256"})
    plain = {"Content-Type": "application/octet-stream"}
    same(send(put, data, "PUT", plain)[0], 403, "without the signed header")
    same(send(put, data, "PUT", {**plain, "x-amz-server-side-encryption": "AES256"})[0], 200, "put")
    same(send(s3.generate_presigned_url("get_object", at)), (200, data), "get")
    old = client().generate_presigned_url("get_object", at, ExpiresIn=1)
    assert "X-Amz-Expires=1&" in old, old


@check("generate_presigned_post, sent as multipart/form-data")
def _():
    data = body(9000)
    fields = {"x-amz-server-side-encryption": "AES256"}
    post = s3.generate_presigned_post(BUCKET, "posted", fields, [fields, ["content-length-range", 1, 9000]])
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in post["fields"].items()
    ]
    file = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
    form = b"".join([*parts, file, data, f"\r\n--{edge}--\r\n".encode()])
    kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    same(send(post["url"], form, "POST", kind)[0], 204)
    same(stored("posted"), data, "bytes")


def multipart(key, parts, create, part_options=lambda data: {}, complete=None):
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key, **create)["UploadId"]
    at = {"Bucket": BUCKET, "Key": key, "UploadId": upload}
    done = []
    for number, data in enumerate(parts, 1):
        sent = s3.upload_part(**at, PartNumber=number, Body=data, **part_options(data))
        kept = {name: value for name, value in sent.items() if name == "ETag" or name.startswith("Checksum")}
        done.append({**kept, "PartNumber": number})
    listed = s3.list_parts(**at)["Parts"]
    same([part["PartNumber"] for part in listed], list(range(1, len(parts) + 1)), "list_parts")
    return s3.complete_multipart_upload(**at, MultipartUpload={"Parts": done}, **(complete or {}))


@check("multipart with a COMPOSITE SHA256")
def _():
    parts = [body(5 * MIB), body(5 * MIB), body(1234)]
    done = multipart("composite", parts, {"ChecksumAlgorithm": "SHA256"}, lambda _: {"ChecksumAlgorithm": "SHA256"})
    digests = b"".join(hashlib.sha256(part).digest() for part in parts)
    expected = base64.b64encode(hashlib.sha256(digests).digest()).decode() + "-3"
    same((done["ChecksumSHA256"], done["ChecksumType"]), (expected, "COMPOSITE"))
    etags = b"".join(hashlib.md5(part).digest() for part in parts)
    same(done["ETag"], f'"{hashlib.md5(etags).hexdigest()}-3"', "ETag")
    same(stored("composite") == b"".join(parts), True, "bytes")
    attributes = s3.get_object_attributes(
        Bucket=BUCKET, Key="composite", ObjectAttributes=["Checksum", "ObjectParts", "ObjectSize"]
    )
    same(attributes["ObjectParts"]["TotalPartsCount"], 3, "attributes")
    same([part["Size"] for part in attributes["ObjectParts"]["Parts"]], [len(part) for part in parts])


@check("multipart with a FULL_OBJECT CRC32")
def _():
    parts = [body(5 * MIB), body(77_777)]
    whole = base64.b64encode(zlib.crc32(b"".join(parts)).to_bytes(4, "big")).decode()
    create = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
    complete = {"ChecksumType": "FULL_OBJECT", "ChecksumCRC32": whole}
    done = multipart("full", parts, create, lambda _: {"ChecksumAlgorithm": "CRC32"}, complete)
    same((done["ChecksumCRC32"], done["ChecksumType"]), (whole, "FULL_OBJECT"))
    head = s3.head_object(Bucket=BUCKET, Key="full", ChecksumMode="ENABLED")
    same((head["ChecksumCRC32"], head["ChecksumType"]), (whole, "FULL_OBJECT"), "head")
    ranged = s3.get_object(Bucket=BUCKET, Key="full", Range=f"bytes={5 * MIB - 3}-{5 * MIB + 3}")
    same(ranged["Body"].read(), b"".join(parts)[5 * MIB - 3 : 5 * MIB + 4], "range over parts")


@check("multipart refusals")
def _():
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="small")["UploadId"]
    at = {"Bucket": BUCKET, "Key": "small", "UploadId": upload}
    etags = [s3.upload_part(**at, PartNumber=n, Body=b"x" * 10)["ETag"] for n in (1, 2)]
    parts = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
    complete = s3.complete_multipart_upload
    refused("EntityTooSmall", complete, **at, MultipartUpload={"Parts": parts})
    refused("InvalidPartOrder", complete, **at, MultipartUpload={"Parts": parts[::-1]})
    wrong = [{"PartNumber": 1, "ETag": '"' + "0" * 32 + '"'}]
    refused("InvalidPart", complete, **at, MultipartUpload={"Parts": wrong})
    s3.abort_multipart_upload(**at)
    refused("NoSuchUpload", s3.list_parts, **at)
    same(s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []), [], "uploads left")


@check("paginators over 25 keys, with delimiter and prefix, v1 and v2")
def _():
    keys = sorted([f"page/{n % 5}/{n:02} +é" for n in range(25)], key=lambda key: key.encode())
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    for name in ["list_objects_v2", "list_objects"]:
        pager = s3.get_paginator(name)
        size = {"PageSize": 4}
        pages = list(pager.paginate(Bucket=BUCKET, Prefix="page/", PaginationConfig=size))
        same([row["Key"] for page in pages for row in page.get("Contents", [])], keys, name)
        pages = pager.paginate(Bucket=BUCKET, Prefix="page/", Delimiter="/", PaginationConfig={"PageSize": 2})
        prefixes = [row["Prefix"] for page in pages for row in page.get("CommonPrefixes", [])]
        same(prefixes, [f"page/{n}/" for n in range(5)], name)


@check("delete_objects of all of them, and a missing one")
def _():
    keys = [row["Key"] for row in s3.list_objects_v2(Bucket=BUCKET, Prefix="page/")["Contents"]]
    objects = [{"Key": key} for key in [*keys, "never-there"]]
    gone = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})
    same(len(gone["Deleted"]), 26)
    same(s3.list_objects_v2(Bucket=BUCKET, Prefix="page/")["KeyCount"], 0)


@check("versions, suspended versions and the null version")
def _():
    bucket = "boto3-versions"
    s3.create_bucket(Bucket=bucket)
    null = s3.put_object(Bucket=bucket, Key="k", Body=b"null")
    assert "VersionId" not in null, null
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket=bucket, Key="k", Body=body(1000 + n))["VersionId"] for n in range(3)]
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    found = [row["VersionId"] for page in pages for row in page.get("Versions", [])]
    same(found, [*ids[::-1], "null"], "order")
    same(s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read(), b"null")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=bucket, Key="k", Body=b"second null")
    same(s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read(), b"second null")
    marker = s3.delete_object(Bucket=bucket, Key="k")
    same((marker["DeleteMarker"], marker["VersionId"]), (True, "null"))
    refused("MethodNotAllowed", s3.get_object, Bucket=bucket, Key="k", VersionId="null")
    same(s3.get_object(Bucket=bucket, Key="k", VersionId=ids[2])["ContentLength"], 1002)
    for version in [*ids, "null"]:
        s3.delete_object(Bucket=bucket, Key="k", VersionId=version)
        refused("NoSuchVersion", s3.get_object, Bucket=bucket, Key="k", VersionId=version)
    s3.delete_bucket(Bucket=bucket)


@check("SSE-C and SSE-KMS are refused, never ignored")
def _():
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    for protection in [key, {"ServerSideEncryption": "aws:kms"}, {"ServerSideEncryption": "aws:kms:dsse"}]:
        try:
            s3.put_object(Bucket=BUCKET, Key="kms", Body=b"x", **protection)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 501), error
        else:
            raise AssertionError(f"{list(protection)} was accepted")
        refused("404", s3.head_object, Bucket=BUCKET, Key="kms")


@check("awkward keys and metadata in UTF-8")
def _():
    keys = ["/lead", "a//b", "a/../b", "./x", "é/日本 +%20&=?#.txt", "tail/", "!'()*~", "k" * 1024]
    for number, key in enumerate(keys):
        data = f"{number}".encode()
        s3.put_object(Bucket=BUCKET, Key=key, Body=data)
        same(stored(key), data, key)
    listed = {row["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET) for row in page["Contents"]}
    same([key for key in keys if key not in listed], [], "keys not listed")
    refused("KeyTooLongError", s3.put_object, Bucket=BUCKET, Key="k" * 1025, Body=b"")


@check("virtual-hosted style on the same port")
def _():
    resolve_localhost()
    virtual = client(f"http://localhost:{port()}", s3={"addressing_style": "virtual"})
    data = body(5000)
    reply = virtual.put_object(Bucket=BUCKET, Key="virtual", Body=data)
    same(stored("virtual"), data, "bytes")
    url = virtual.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "virtual"})
    assert f"//{BUCKET}.localhost" in url, url
    same(send(url), (200, data), "presigned")
    same(reply["ResponseMetadata"]["RetryAttempts"], 0)
