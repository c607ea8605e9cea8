"""
The reads that Terraform's `aws_s3_bucket` makes to refresh a bucket it has just created. It tells
an absent configuration by the exact code, and in places by the exact text (S3-BEHAVIOURS 8).
"""

import boto3_checks
from boto3_checks import CANARY, MODE, check, client, refused, same

BUCKET = f"terraform-{MODE}"
MODERN = MODE == "modern"
s3 = client()


def without_metadata(reply):
    return {name: value for name, value in reply.items() if name != "ResponseMetadata"}


@check("terraform create_bucket")
def _():
    s3.create_bucket(Bucket=BUCKET)


EMPTY = [
    "get_bucket_versioning",
    "get_bucket_logging",
    "get_bucket_accelerate_configuration",
    "get_bucket_notification_configuration",
]
for name in EMPTY:

    @check(f"terraform {name} is empty")
    def _():
        same(without_metadata(getattr(s3, name)(Bucket=BUCKET)), {})


ABSENT = [
    ("get_bucket_policy", "NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("get_bucket_policy_status", "NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("get_bucket_cors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    (
        "get_bucket_website",
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
    ),
    (
        "get_bucket_lifecycle_configuration",
        "NoSuchLifecycleConfiguration",
        "The lifecycle configuration does not exist",
    ),
    (
        "get_bucket_replication",
        "ReplicationConfigurationNotFoundError",
        "The replication configuration was not found",
    ),
    (
        "get_object_lock_configuration",
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
    ),
    ("get_bucket_tagging", "NoSuchTagSet", "The TagSet does not exist"),
]
for name, code, message in ABSENT:

    @check(f"terraform {name} is {code}")
    def _():
        refused(code, getattr(s3, name), message=message, status=404, Bucket=BUCKET)


@check("terraform get_bucket_location")
def _():
    same(without_metadata(s3.get_bucket_location(Bucket=BUCKET)), {"LocationConstraint": None})


@check("terraform head_bucket")
def _():
    headers = s3.head_bucket(Bucket=BUCKET)["ResponseMetadata"]["HTTPHeaders"]
    same(headers["x-amz-bucket-region"], "us-east-1")


@check("terraform get_bucket_acl is the owner's FULL_CONTROL")
def _():
    acl = s3.get_bucket_acl(Bucket=BUCKET)
    [grant] = acl["Grants"]
    same((grant["Permission"], grant["Grantee"]["Type"]), ("FULL_CONTROL", "CanonicalUser"))
    same(grant["Grantee"]["ID"], acl["Owner"]["ID"])
    same(len(acl["Owner"]["ID"]), 64, "canonical id")


@check("terraform get_bucket_request_payment is BucketOwner")
def _():
    same(s3.get_bucket_request_payment(Bucket=BUCKET)["Payer"], "BucketOwner")


NO_ENCRYPTION = "The server side encryption configuration was not found"
NO_BLOCK = "The public access block configuration was not found"
NO_OWNERSHIP = "The bucket ownership controls were not found"


@check("terraform get_bucket_encryption")
def _():
    if not MODERN:
        code = "ServerSideEncryptionConfigurationNotFoundError"
        refused(code, s3.get_bucket_encryption, message=NO_ENCRYPTION, status=404, Bucket=BUCKET)
        return
    [rule] = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    same(rule["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})


@check("terraform get_public_access_block, before and after its deletion")
def _():
    code = "NoSuchPublicAccessBlockConfiguration"
    if MODERN:
        block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
        same(set(block.values()), {True})
        same(len(block), 4)
        s3.delete_public_access_block(Bucket=BUCKET)
    refused(code, s3.get_public_access_block, message=NO_BLOCK, status=404, Bucket=BUCKET)


@check("terraform get_bucket_ownership_controls, before and after its deletion")
def _():
    code = "OwnershipControlsNotFoundError"
    if MODERN:
        controls = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]
        same(controls, {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
        s3.delete_bucket_ownership_controls(Bucket=BUCKET)
    refused(code, s3.get_bucket_ownership_controls, message=NO_OWNERSHIP, status=404, Bucket=BUCKET)


@check("terraform writes encryption, versioning, block, ownership and tags, and reads them back")
def _():
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    [got] = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    same((got["ApplyServerSideEncryptionByDefault"], got["BucketKeyEnabled"]), ({"SSEAlgorithm": "AES256"}, True))
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    same(s3.get_bucket_versioning(Bucket=BUCKET)["Status"], "Enabled")
    names = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    block = dict(zip(names, [True, False, True, False]))
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)
    same(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"], block)
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    s3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls=rules)
    same(s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"], rules)
    tags = [{"Key": "note", "Value": CANARY}]
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})
    same(s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"], tags)


@check("terraform aws_s3_object, head with checksums and tags")
def _():
    put = s3.put_object(Bucket=BUCKET, Key="o", Body=boto3_checks.body(900), Tagging=f"note={CANARY}")
    head = s3.head_object(Bucket=BUCKET, Key="o", ChecksumMode="ENABLED")
    same((head["ETag"], head["VersionId"]), (put["ETag"], put["VersionId"]))
    same(s3.get_object_tagging(Bucket=BUCKET, Key="o")["TagSet"], [{"Key": "note", "Value": CANARY}])


@check("terraform writes of what is not built are NotImplemented")
def _():
    status = {"Status": "Enabled"}
    call = s3.put_bucket_accelerate_configuration
    refused("NotImplemented", call, status=501, Bucket=BUCKET, AccelerateConfiguration=status)


@check("terraform destroy")
def _():
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    for page in pages:
        for row in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=BUCKET, Key=row["Key"], VersionId=row["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)
    refused("NoSuchBucket", s3.get_bucket_policy, status=404, Bucket=BUCKET)
