"""How each client moves the files of a folder to a bucket and back. Each with its own defaults, over plain HTTP."""

import os
import sys

from .servers import ACCESS_KEY, SECRET_KEY

HERE = os.path.dirname(os.path.abspath(__file__))
BUCKET = "bench"
OURS = os.path.abspath(".build/release/s3-bench")


class Job:
    """Files to move: a name, how many, how long each."""

    def __init__(self, name, count, size):
        self.name, self.count, self.size = name, count, size

    @property
    def bytes(self):
        return self.count * self.size


def environment(endpoint, directory):
    """What all of them read; configuration files are written too."""
    with open(os.path.join(directory, "aws.cfg"), "w") as file:
        file.write("[default]\ns3 =\n  addressing_style = path\n")
    with open(os.path.join(directory, "rclone.conf"), "w") as file:
        file.write(f"[t]\ntype = s3\nprovider = Other\nenv_auth = true\nendpoint = {endpoint}\nregion = us-east-1\n"
                   "force_path_style = true\n")
    return dict(
        os.environ, AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY, AWS_DEFAULT_REGION="us-east-1",
        AWS_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.path.join(directory, "aws.cfg"),
        AWS_REQUEST_CHECKSUM_CALCULATION="when_required", AWS_RESPONSE_CHECKSUM_VALIDATION="when_required",
        AWS_ENDPOINT_URL=endpoint, RCLONE_CONFIG=os.path.join(directory, "rclone.conf"), PYTHONDONTWRITEBYTECODE="1")


def command(client, home, way, job, source, target, endpoint):
    """What runs one client. - way: `up` or `down`."""
    programs = os.path.join(home, "bin") if home else ""
    folder, place = (source, f"s3://{BUCKET}/{job.name}/") if way == "up" else (target, f"s3://{BUCKET}/{job.name}/")
    if client == "slipway":
        return [OURS, way, endpoint, BUCKET, job.name, folder]
    if client == "s5cmd":
        sides = [f"{folder}/", place] if way == "up" else [f"{place}*", f"{folder}/"]
        return [os.path.join(programs, "s5cmd"), "--endpoint-url", endpoint, "--log", "error", "cp", *sides]
    if client == "aws-cli":
        sides = [f"{folder}/", place] if way == "up" else [place, f"{folder}/"]
        return [os.path.join(programs, "aws"), "s3", "cp", "--recursive", "--only-show-errors", *sides]
    if client == "rclone":
        sides = [folder, f"t:{BUCKET}/{job.name}"] if way == "up" else [f"t:{BUCKET}/{job.name}", folder]
        return [os.path.join(programs, "rclone"), "copy", "--no-check-dest", "--s3-no-check-bucket", "-q", *sides]
    return [os.path.join(programs, "python"), os.path.join(HERE, "python_client.py"), client, way, job.name, folder]


ALL = ["slipway", "s5cmd", "obstore", "crt", "boto3", "aws-cli", "rclone"]
