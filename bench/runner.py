"""Runs commands one at a time and says what each took, by wait4(2): Node.js has no way to ask for a child's resources.

A job is a line of JSON on standard input, an answer a line on standard output.
"""
import json
import os
import subprocess
import sys
import tempfile
import threading
import time


def run(job):
    feed = None
    stdin = subprocess.DEVNULL
    if job["feed"]:
        feed = subprocess.Popen(job["feed"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=job["env"], cwd=job["home"])
        stdin = feed.stdout
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
        stdout = output if job["capture"] else subprocess.DEVNULL
        start = time.monotonic_ns()
        child = subprocess.Popen(job["command"], stdin=stdin, stdout=stdout, stderr=errors, env=job["env"], cwd=job["cwd"])
        timer = threading.Timer(job["seconds"], child.kill)
        timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        end = time.monotonic_ns()
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if feed:
            feed.stdout.close()
            feed.kill()
            feed.wait()
        # macOS counts bytes, Linux kibibytes.
        unit = 1 if sys.platform == "darwin" else 1024
        return {
            "status": child.returncode,
            "wall": (end - start) / 1e9,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss * unit,
            "stdout": tail(output, 1 << 20),
            "stderr": tail(errors, 4096),
        }


def tail(file, most):
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - most))
    return file.read().decode("utf-8", "replace")


for line in sys.stdin:
    try:
        answer = run(json.loads(line))
    except OSError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
