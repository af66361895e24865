"""Images by boto3 and nothing else, as tutorials write it: images.py create, images.py copy, images.py retire."""

import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone

import boto3
from botocore.exceptions import ClientError

DR_REGION = "eu-west-1"
KEEP = 1
DAYS = 1
TAGS = [{"Key": "Project", "Value": "shop"}]
TAGGED = {"Name": "tag:Project", "Values": ["shop"]}

now = datetime.now(timezone.utc)
ec2 = boto3.client("ec2")
dr = boto3.client("ec2", region_name=DR_REGION)


def create():
    wanted = [
        {"Name": "tag:Backup", "Values": ["nightly"]},
        {"Name": "instance-state-name", "Values": ["running", "stopped"]},
    ]
    for page in ec2.get_paginator("describe_instances").paginate(Filters=wanted):
        for instance in (one for reservation in page["Reservations"] for one in reservation["Instances"]):
            try:
                ec2.create_image(
                    InstanceId=instance["InstanceId"],
                    Name=f"{instance['InstanceId']}-{now:%Y-%m-%d}",
                    NoReboot=True,
                    TagSpecifications=[{"ResourceType": kind, "Tags": TAGS} for kind in ("image", "snapshot")],
                )
            except ClientError as error:
                print(f"{instance['InstanceId']}: {error}")


def copy():
    there = {image["Name"] for image in images(dr, [TAGGED])}
    for image in images(ec2, [TAGGED, {"Name": "state", "Values": ["available"]}]):
        if is_old(image) or image["Name"] in there:
            continue
        try:
            dr.copy_image(
                SourceRegion=ec2.meta.region_name,
                SourceImageId=image["ImageId"],
                Name=image["Name"],
                CopyImageTags=True,
            )
        except ClientError as error:
            print(f"{image['ImageId']}: {error}")


def retire():
    lineages = defaultdict(list)
    for image in images(ec2, [TAGGED]):
        lineages[image["SourceInstanceId"]].append(image)
    for lineage in lineages.values():
        lineage.sort(key=lambda image: image["CreationDate"], reverse=True)
        for image in lineage[KEEP:]:
            if is_old(image):
                remove(image)


def remove(image):
    try:
        ec2.deregister_image(ImageId=image["ImageId"])
        for mapping in image["BlockDeviceMappings"]:
            if "Ebs" in mapping:
                ec2.delete_snapshot(SnapshotId=mapping["Ebs"]["SnapshotId"])
    except ClientError as error:
        print(f"{image['ImageId']}: {error}")


def is_old(image):
    return now - datetime.fromisoformat(image["CreationDate"]) > timedelta(days=DAYS)


def images(client, wanted):
    pages = client.get_paginator("describe_images").paginate(Owners=["self"], Filters=wanted)
    return [image for page in pages for image in page["Images"]]


{"create": create, "copy": copy, "retire": retire}[sys.argv[1]]()
