#!/usr/bin/env python3
"""Extracts from AWS's service model of S3 what tests/service-model.ts needs.

    pip download --no-deps botocore==VERSION && python3 extract.py botocore-VERSION-*.whl > model.json

The model is `botocore/data/s3/2006-03-01/service-2.json.gz` inside the wheel, Apache-2.0 (LICENSE.txt
and NOTICE beside this file are the wheel's). Kept: each operation's method, path, query, request
headers and errors, and the shape of its output. Dropped: documentation, inputs, paginators.
"""
import gzip
import json
import re
import sys
import zipfile

MODEL = "botocore/data/s3/2006-03-01/service-2.json.gz"


def main(wheel_path):
    with zipfile.ZipFile(wheel_path) as wheel:
        model = json.loads(gzip.decompress(wheel.read(MODEL)))
    shapes = model["shapes"]
    reached = {}
    operations = {
        name: operation_facts(operation, shapes, reached)
        for name, operation in sorted(model["operations"].items())
    }
    errors = {
        name: shape["error"]["httpStatusCode"]
        for name, shape in sorted(shapes.items())
        if "error" in shape
    }
    version = re.search(r"botocore-([0-9.]+)-", wheel_path).group(1)
    return {
        "notice": "Extracted by extract.py from the service model of Amazon S3 in botocore. "
        "Copyright Amazon.com, Inc. or its affiliates. Licensed under the Apache License 2.0; "
        "see LICENSE.txt and NOTICE.",
        "botocore": version,
        "apiVersion": model["metadata"]["apiVersion"],
        "operations": operations,
        "errors": errors,
        "shapes": {name: reached[name] for name in sorted(reached)},
    }


def operation_facts(operation, shapes, reached):
    http = operation["http"]
    path, _, query = http["requestUri"].partition("?")
    members = input_members(operation, shapes)
    required = shapes[operation["input"]["shape"]].get("required", []) if "input" in operation else []
    facts = {
        "method": http["method"],
        "path": path,
        "query": [part for part in query.split("&") if part]
        + [
            members[name]["locationName"]
            for name in required
            if members[name].get("location") == "querystring"
        ],
        "requiredHeaders": [
            members[name]["locationName"].lower()
            for name in required
            if members[name].get("location") == "header"
        ],
        "headers": sorted(
            member["locationName"].lower()
            for member in members.values()
            if member.get("location") in ("header", "headers")
        ),
        "status": http.get("responseCode", 200),
        "errors": [error["shape"] for error in operation.get("errors", [])],
    }
    checksum = operation.get("httpChecksum", {})
    if operation.get("httpChecksumRequired") or checksum.get("requestChecksumRequired"):
        facts["digestRequired"] = True
    if operation.get("deprecated"):
        facts["deprecated"] = True
    if "output" in operation:
        facts["output"] = operation["output"]["shape"]
        reach(operation["output"]["shape"], shapes, reached)
    return facts


def input_members(operation, shapes):
    return shapes[operation["input"]["shape"]]["members"] if "input" in operation else {}


def reach(name, shapes, reached):
    if name in reached:
        return
    shape = shapes[name]
    kept = {"type": shape["type"]}
    reached[name] = kept
    for key in ("required", "payload", "enum", "timestampFormat", "flattened", "eventstream"):
        if shape.get(key):
            kept[key] = shape[key]
    if shape["type"] == "structure":
        kept["members"] = {}
        for member_name, member in shape["members"].items():
            facts = {"shape": member["shape"]}
            for key in ("location", "locationName", "xmlAttribute", "streaming", "flattened"):
                if member.get(key):
                    facts[key] = member[key]
            kept["members"][member_name] = facts
            reach(member["shape"], shapes, reached)
    elif shape["type"] == "list":
        kept["member"] = {
            key: shape["member"][key] for key in ("shape", "locationName") if key in shape["member"]
        }
        reach(shape["member"]["shape"], shapes, reached)


def write(extract, out):
    """One line an operation and a shape: short, and a new version's changes can be read."""
    lines = []
    for key, value in extract.items():
        if isinstance(value, dict):
            entries = [f" {json.dumps(name)}: {json.dumps(facts)}" for name, facts in value.items()]
            lines.append(f"{json.dumps(key)}: {{\n" + ",\n".join(entries) + "\n}")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    out.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    write(main(sys.argv[1]), sys.stdout)
