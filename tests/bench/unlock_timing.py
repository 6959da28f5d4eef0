"""How long opening a home takes: without a duress passphrase, with one, and under duress. For reading, not a test.

`unlock_timing.py [--bin DIR] [--runs N]` measures `setu status` on homes of the same programme, in turns, each time on a
fresh copy, and prints the median and the quartiles in milliseconds. The last column says in how many of 100 pairs this kind of
opening took longer than one without a duress passphrase: 50 tells nothing, 100 tells it every time. What is measured is
quoted in docs/at-rest.md.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))

import setu_e2e  # noqa: E402
from setu_e2e import Device, Programme  # noqa: E402

DURESS = "market paper green boat seat"
RECORDS = (0, 3000)


def prepare(net, directory, records):
    """Homes of one worker: without a duress passphrase, and with one."""
    plain = net.orgs[0].workers[0].device.copy_to(directory / f"plain-{records}")
    if records:
        plain.add_many("client", [{"alias": f"A {i}", "notes": "n" * 100} for i in range(records)])
    plain.run("lock")
    guarded = plain.copy_to(directory / f"guarded-{records}")
    given = directory / "duress-passphrase"
    given.write_text(DURESS + "\n")
    guarded.run("duress", "--duress-passphrase-file", given)
    plain.status()
    return plain, guarded


def opening_ms(device, passphrase, scratch):
    copy = Device("copy", scratch / "home", passphrase=passphrase)
    shutil.copytree(device.home, copy.home)
    began = time.perf_counter()
    copy.try_run("status")
    took = (time.perf_counter() - began) * 1000
    shutil.rmtree(copy.home)
    return took


def longer_in_100(those, these):
    return 100 * sum(a > b for a in those for b in these) / (len(those) * len(these))


def measure(net, directory, records, runs):
    plain, guarded = prepare(net, directory, records)
    kinds = {"no duress passphrase": (plain, plain.passphrase), "the same again": (plain, plain.passphrase),
             "with one, ordinary": (guarded, guarded.passphrase), "with one, under duress": (guarded, DURESS),
             "a wrong passphrase": (guarded, "five other words than those")}
    took = {kind: [] for kind in kinds}
    for _ in range(runs):
        for kind, (device, passphrase) in kinds.items():
            took[kind].append(opening_ms(device, passphrase, directory))
    print(f"\n{records} unsent records, {runs} openings each, in ms")
    for kind, times in took.items():
        low, middle, high = statistics.quantiles(times, n=4)
        print(f"  {kind:24} {middle:7.1f}   quartiles {low:.1f} to {high:.1f}   longer in "
              f"{longer_in_100(times, took['no duress passphrase']):.0f} of 100")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--runs", type=int, default=60)
    options = parser.parse_args()
    setu_e2e.BIN = Path(options.bin).resolve()
    with tempfile.TemporaryDirectory(prefix="setu-timing-") as scratch:
        net = Programme(scratch, {"First": ["north"]})
        try:
            for records in RECORDS:
                measure(net, Path(scratch), records, options.runs)
        finally:
            net.close()


if __name__ == "__main__":
    main()
