"""The machine, and the environment that PyTorch is at its best in: for bench/compare and bench/whole."""

import ctypes.util
import os
import platform
import re
import sys


def processor():
    try:
        with open("/proc/cpuinfo") as info:
            return re.search(r"^model name\s*: (.*)$", info.read(), re.M)[1]
    except (OSError, TypeError):
        return platform.machine()


def find_jemalloc():
    """What to preload, or None."""
    if sys.platform != "linux":
        return None
    return os.environ.get("REFRAIN_JEMALLOC") or ctypes.util.find_library("jemalloc")


def with_jemalloc(environment, jemalloc):
    """The environment in which freed memory is kept, so that steps meet no page faults."""
    if jemalloc:
        environment["LD_PRELOAD"] = jemalloc
        environment["MALLOC_CONF"] = "dirty_decay_ms:-1,muzzy_decay_ms:-1"
    return environment
