"""Drives the sandbox through boto3 and prints one JSON object a check: {"check": sentence, "problem": text or null}."""

import json
import traceback
from datetime import datetime, timedelta, timezone

import boto3
from botocore.exceptions import ClientError

ec2 = boto3.client("ec2")
rbin = boto3.client("rbin")
CHECKS = []
DELAY = {"UnlockDelayValue": 7, "UnlockDelayUnit": "DAYS"}
UNKNOWN = ("UnknownOperationException", 404)
NAME = "boto3 {} (it's_a.b/c)"


def check(sentence):
    """Makes the function a check, to be run in the order of definition."""

    def register(function):
        CHECKS.append((sentence, function))
        return function

    return register


def error_of(call, **arguments):
    """The code and the HTTP status of the error that the call ends with."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    raise AssertionError("the call should have ended with an error")


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


class Found:
    """What the checks find out and the later ones need."""

    launched_after = None
    instance_ids = []
    image_ids = []
    rule_ids = []


@check("boto3 launches instances, and its waiter sees them run")
def _():
    image = ec2.describe_images(Owners=["amazon"], IncludeDeprecated=True)["Images"][0]["ImageId"]
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Group", "Value": "boto3"}]}]
    Found.launched_after = datetime.now(timezone.utc).replace(microsecond=0)
    launched = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=3, MaxCount=3, TagSpecifications=tags)
    Found.instance_ids = [instance["InstanceId"] for instance in launched["Instances"]]
    equal(len(Found.instance_ids), 3)
    ec2.get_waiter("instance_running").wait(InstanceIds=Found.instance_ids, WaiterConfig={"Delay": 1})


@check("boto3 reads times as times")
def _():
    instance = ec2.describe_instances(InstanceIds=Found.instance_ids[:1])["Reservations"][0]["Instances"][0]
    assert Found.launched_after <= instance["LaunchTime"] <= datetime.now(timezone.utc), instance["LaunchTime"]


@check("boto3 makes images, and its waiter sees them become available")
def _():
    for number in range(7):
        made = ec2.create_image(
            InstanceId=Found.instance_ids[number % 3], Name=NAME.format(number), Description="a & <b>", NoReboot=True
        )
        Found.image_ids.append(made["ImageId"])
    ec2.get_waiter("image_available").wait(ImageIds=Found.image_ids, WaiterConfig={"Delay": 1})


@check("boto3's paginator finds every image once, page by page")
def _():
    pages = list(ec2.get_paginator("describe_images").paginate(Owners=["self"], PaginationConfig={"PageSize": 5}))
    assert len(pages) >= 2, f"there is only {len(pages)} page"
    found = [image["ImageId"] for page in pages for image in page["Images"]]
    equal(sorted(found), sorted(Found.image_ids))


@check("boto3's filters find by pattern, by state and by tag")
def _():
    ec2.create_tags(Resources=Found.image_ids[:2], Tags=[{"Key": "Stage", "Value": ""}])
    by_name = ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": ["boto3 ? (it's*)"]}])
    equal({image["Description"] for image in by_name["Images"]}, {"a & <b>"})
    equal(len(by_name["Images"]), 7)
    by_tag = ec2.describe_images(
        Filters=[{"Name": "tag-key", "Values": ["Stage"]}, {"Name": "state", "Values": ["available"]}]
    )
    equal({image["ImageId"] for image in by_tag["Images"]}, set(Found.image_ids[:2]))
    equal(by_tag["Images"][0]["Tags"], [{"Key": "Stage", "Value": ""}])


@check("boto3 gets an empty list where nothing is found")
def _():
    nothing = ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": ["nothing"]}])
    equal(nothing["Images"], [])
    equal(len(nothing["ResponseMetadata"]["RequestId"]), 36)


@check("boto3 sees the codes and statuses of errors")
def _():
    image, instance = Found.image_ids[0], Found.instance_ids[0]
    equal(error_of(ec2.describe_images, ImageIds=["ami-00000000000000000"]), ("InvalidAMIID.NotFound", 400))
    equal(error_of(ec2.describe_images, ImageIds=[image], MaxResults=5), ("InvalidParameterCombination", 400))
    equal(error_of(ec2.create_image, InstanceId=instance, Name=NAME.format(0)), ("InvalidAMIName.Duplicate", 400))
    equal(error_of(ec2.deregister_image, ImageId=image, DryRun=True), ("DryRunOperation", 412))
    equal(error_of(ec2.create_placement_group, GroupName="near", Strategy="cluster"), ("InvalidAction", 400))


@check("boto3 deprecates an image at a time with microseconds")
def _():
    at = (datetime.now(timezone.utc) + timedelta(days=365)).replace(second=5, microsecond=678901)
    ec2.enable_image_deprecation(ImageId=Found.image_ids[0], DeprecateAt=at)
    image = ec2.describe_images(ImageIds=Found.image_ids[:1])["Images"][0]
    assert image["DeprecationTime"].startswith(at.strftime("%Y-%m-%dT%H:%M")), image["DeprecationTime"]


@check("boto3's paginator finds the instances that refer to an image")
def _():
    image = ec2.describe_instances(InstanceIds=Found.instance_ids)["Reservations"][0]["Instances"][0]["ImageId"]
    types = [
        {
            "ResourceType": "ec2:Instance",
            "ResourceTypeOptions": [{"OptionName": "state-name", "OptionValues": ["running"]}],
        }
    ]
    pages = ec2.get_paginator("describe_image_references").paginate(ImageIds=[image], ResourceTypes=types)
    found = [reference["Arn"].split("/")[1] for page in pages for reference in page["ImageReferences"]]
    equal(sorted(found), sorted(Found.instance_ids))


@check("boto3's waiter sees a usage report become available")
def _():
    image = Found.image_ids[0]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    report = ec2.create_image_usage_report(ImageId=image, ResourceTypes=[{"ResourceType": "ec2:Instance"}])["ReportId"]
    ec2.get_waiter("image_usage_report_available").wait(ReportIds=[report], WaiterConfig={"Delay": 1})
    entries = ec2.describe_image_usage_report_entries(ReportIds=[report])["ImageUsageReportEntries"]
    equal([(entry["AccountId"], entry["UsageCount"]) for entry in entries], [("222233334444", 1)])


@check("boto3 deregisters an image along with its snapshots")
def _():
    gone = ec2.deregister_image(ImageId=Found.image_ids[0], DeleteAssociatedSnapshots=True)
    equal([result["ReturnCode"] for result in gone["DeleteSnapshotResults"]], ["success"])


@check("boto3 makes retention rules, and its paginator finds each once")
def _():
    week = {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
    for kind in ["EBS_SNAPSHOT", "EC2_IMAGE", "EC2_IMAGE"]:
        made = rbin.create_rule(ResourceType=kind, RetentionPeriod=week, Tags=[{"Key": "Owner", "Value": "ä"}])
        equal(made["ResponseMetadata"]["HTTPStatusCode"], 201)
        equal(made["Tags"], [{"Key": "Owner", "Value": "ä"}])
        Found.rule_ids.append(made["Identifier"])
    pages = list(rbin.get_paginator("list_rules").paginate(ResourceType="EC2_IMAGE", PaginationConfig={"PageSize": 1}))
    equal(len(pages), 2)
    equal([rule["Identifier"] for page in pages for rule in page["Rules"]], Found.rule_ids[1:])
    excluded = [{"ResourceTagKey": "Stage", "ResourceTagValue": ""}]
    rbin.update_rule(Identifier=Found.rule_ids[1], ExcludeResourceTags=excluded)
    rule = rbin.get_rule(Identifier=Found.rule_ids[1])
    equal((rule["ExcludeResourceTags"], rule["RetentionPeriod"], rule["Status"]), (excluded, week, "available"))


@check("boto3 sees the codes and statuses of a rule's errors")
def _():
    long = {"RetentionPeriodValue": 366, "RetentionPeriodUnit": "DAYS"}
    equal(error_of(rbin.create_rule, ResourceType="EC2_IMAGE", RetentionPeriod=long), ("ValidationException", 400))
    equal(error_of(rbin.get_rule, Identifier="00000000000"), ("ResourceNotFoundException", 404))
    equal(error_of(rbin.lock_rule, Identifier=Found.rule_ids[1], LockConfiguration={"UnlockDelay": DELAY}), UNKNOWN)


@check("boto3 takes an image and its snapshot to the Recycle Bin and back")
def _():
    image = Found.image_ids[2]
    gone = ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    snapshot = gone["DeleteSnapshotResults"][0]["SnapshotId"]
    binned = ec2.list_images_in_recycle_bin(ImageIds=[image])["Images"][0]
    equal((binned["RecycleBinExitTime"] - binned["RecycleBinEnterTime"]).days, 7)
    equal([one["SnapshotId"] for one in ec2.list_snapshots_in_recycle_bin()["Snapshots"]], [snapshot])
    equal(error_of(ec2.restore_image_from_recycle_bin, ImageId=image), ("InvalidSnapshot.NotFound", 400))
    equal(ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot)["State"], "completed")
    equal(ec2.restore_image_from_recycle_bin(ImageId=image)["Return"], True)
    equal(ec2.describe_images(ImageIds=[image])["Images"][0]["State"], "available")
    for rule in Found.rule_ids:
        equal(rbin.delete_rule(Identifier=rule)["ResponseMetadata"]["HTTPStatusCode"], 204)


@check("boto3 locks a snapshot in compliance mode, and reads the times of the lock")
def _():
    image = ec2.describe_images(ImageIds=Found.image_ids[2:3])["Images"][0]
    snapshot = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="compliance", LockDuration=2, CoolOffPeriod=3)
    lock = ec2.describe_locked_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    equal((lock["LockState"], lock["LockDuration"], lock["CoolOffPeriod"]), ("compliance-cooloff", 2, 3))
    equal((lock["LockExpiresOn"] - lock["LockDurationStartTime"]).days, 2)
    equal((lock["CoolOffPeriodExpiresOn"] - lock["LockCreatedOn"]).total_seconds(), 3 * 3600)


@check("boto3's waiter sees terminated instances")
def _():
    ec2.terminate_instances(InstanceIds=Found.instance_ids)
    ec2.get_waiter("instance_terminated").wait(InstanceIds=Found.instance_ids, WaiterConfig={"Delay": 1})


@check("boto3 publishes events and is told which one is wrong")
def _():
    good = {"Source": "shop", "DetailType": "Order", "Detail": "{}", "Time": datetime.now(timezone.utc)}
    answer = boto3.client("events").put_events(Entries=[good, {**good, "Detail": "no JSON"}])
    equal(answer["FailedEntryCount"], 1)
    equal(answer["Entries"][1]["ErrorCode"], "MalformedDetail")


for sentence, function in CHECKS:
    try:
        function()
        problem = None
    except Exception:
        problem = traceback.format_exc()
    print(json.dumps({"check": sentence, "problem": problem}), flush=True)
