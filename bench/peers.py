"""Peers that benchmarks run beside us, from Debian's packages. Standard library only."""

import os
import resource
import shutil
import subprocess
import sys
import time

# The signatures that come with the program: EICAR and the payload of clamav-testfiles.
MARKER = ("58354f2150254041505b345c505a58353428505e2937434329377d24"
          "45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a")
SIGNATURES = {
    "slipway.hdb": "44d88612fea8a8f36de82e1278abb02f:68:Slipway.Test.EICAR-file\n"
                   "aa15bcf478d165efd2065190eb473bcb:544:Slipway.Test.ClamTestFile\n",
    "slipway.ndb": f"Slipway.Test.EICAR:0:*:{MARKER}\n",
}

# What ScanLimits.standard and slipway-scanner set, in clamd's words. clamd takes no more than 4 GB in MaxScanSize.
CLAMD = """LocalSocket {0}/clamd.sock
DatabaseDirectory {0}/signatures
Foreground yes
MaxThreads {1}
DisableCache yes
AlertExceedsMax yes
AlertEncrypted yes
MaxFileSize 2147483645
MaxScanSize 4000M
MaxRecursion 17
MaxFiles 200000
MaxScanTime 600000
MaxEmbeddedPE 40M
MaxHTMLNormalize 40M
MaxHTMLNoTags 8M
MaxScriptNormalize 20M
MaxZipTypeRcg 1M
PCREMaxFileSize 2147483645
User root
"""


def need(*packages):
    """Installs the Debian packages whose programs are missing."""
    missing = [package for program, package in packages if not shutil.which(program)]
    if not missing:
        return
    print(f"installing {' '.join(missing)}…", file=sys.stderr)
    if os.geteuid() != 0:
        raise SystemExit(f"install these Debian packages first: {' '.join(missing)}")
    subprocess.run(["apt-get", "update"], stdout=subprocess.DEVNULL, check=True)
    subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *missing], stdout=subprocess.DEVNULL, check=True,
                   env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))


def processor_seconds(*command, stdin=None):
    """Seconds of processor time a command and its children take."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
    begin = used()
    subprocess.run(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return used() - begin


def times(*command):
    """Seconds a command takes, by the clock and of the processor; its output goes nowhere."""
    begin = time.monotonic()
    processor = processor_seconds(*command)
    return time.monotonic() - begin, processor


def take_turns(rounds, **contestants):
    """Runs each in turn, round by round; the best times of each count, for noise only ever slows.

    Each contestant gives seconds by the clock and of the processor; the result has the best of both."""
    best = {name: (float("inf"), float("inf")) for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            best[name] = tuple(map(min, best[name], run()))
    return best


def write_signatures(directory):
    os.makedirs(directory, exist_ok=True)
    for name, text in SIGNATURES.items():
        with open(os.path.join(directory, name), "w") as file:
            file.write(text)
    return directory


class Clamd:
    """A clamd with the same signatures and limits as ours, while in a `with`."""

    def __init__(self, directory):
        self.directory = directory
        self.configuration = os.path.join(directory, "clamd.conf")

    def __enter__(self):
        write_signatures(os.path.join(self.directory, "signatures"))
        with open(self.configuration, "w") as file:
            file.write(CLAMD.format(self.directory, os.cpu_count()))
        self.process = subprocess.Popen(["clamd", "-c", self.configuration], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _ in range(300):
            if os.path.exists(os.path.join(self.directory, "clamd.sock")):
                return self
            time.sleep(0.1)
        self.process.kill()
        raise SystemExit("clamd did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def scan(self, tree):
        """Seconds for a tree, by the clock and of the processor: the client's and the server's."""
        begin = self.used()
        wall, client = times("clamdscan", "-c", self.configuration, "--multiscan", "--fdpass", "--quiet", tree)
        return wall, client + self.used() - begin

    def used(self):
        """Processor seconds so far."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
