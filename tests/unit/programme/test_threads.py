"""The first documents that a process reads, read by several threads at once."""

import subprocess
import sys

FIRST_READS = """
import sys, threading
from leal.examples import programme_text
from leal.rules.programme.reading import read_programme

sys.setswitchinterval(1e-6)
text, start = programme_text("cdnow"), threading.Barrier(16)
threads = [threading.Thread(target=lambda: (start.wait(), read_programme(text))) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_several_threads_may_be_first() -> None:
    for _ in range(6):  # unprotected, a third of them ended with a segmentation fault
        done = subprocess.run([sys.executable, "-c", FIRST_READS], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
