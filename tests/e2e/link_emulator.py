"""A rural link on one machine, without root: rate, delay, stalls and cuts between a client and a server.

    python3 tests/e2e/link_emulator.py --to 127.0.0.1:8443 --up-kbit 44 --down-kbit 64 --rtt-ms 750 --verbose

Relays TCP, so TLS goes through as it is. It says where it listens and runs until interrupted. Units: kbit are 1000
bits, kB are 1000 bytes. All connections share the rate, as they would one phone's radio.
"""

import argparse
import signal

from link_proxy import LinkProxy
from link_shape import Shape


def address(text):
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text}: HOST:PORT is needed")
    return host, int(port)


def not_negative(text):
    number = float(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text}: zero or more is needed")
    return number


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--listen", type=address, default=("127.0.0.1", 0), help="HOST:PORT; port 0 takes any free one")
    parser.add_argument("--to", type=address, required=True, help="HOST:PORT of the server")
    number = {"type": not_negative, "default": 0.0}
    parser.add_argument("--up-kbit", **number, help="kbit/s to the server; 0: no limit")
    parser.add_argument("--down-kbit", **number, help="kbit/s from the server; 0: no limit")
    parser.add_argument("--rtt-ms", **number, help="round trip; a new connection costs one more")
    parser.add_argument("--stall-every-s", **number, help="the line flows so long, then stalls")
    parser.add_argument("--stall-s", **number, help="length of a stall")
    parser.add_argument("--cut-every-kb", **number, help="cuts the connection that carries the last of so many kB")
    parser.add_argument("--seed", type=int, help="cuts at random instead, so many kB apart on average")
    parser.add_argument("--verbose", action="store_true", help="a line for each connection that ended")
    options = parser.parse_args()
    if bool(options.stall_every_s) != bool(options.stall_s):
        parser.error("--stall-every-s and --stall-s need each other")
    return options


def say(connection):
    print(f"connection {connection.number}: {connection.end} after {connection.seconds:.1f} s, "
          f"{connection.up} bytes up, {connection.down} bytes down", flush=True)


def main():
    options = read_arguments()
    shape = Shape(up_bytes_per_s=options.up_kbit * 125, down_bytes_per_s=options.down_kbit * 125,
                  delay_s=options.rtt_ms / 2000, stall_every_s=options.stall_every_s, stall_s=options.stall_s,
                  cut_every_bytes=round(options.cut_every_kb * 1000), seed=options.seed)
    host, port = options.to
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # before there are threads, which inherit it
    link = LinkProxy(port, target_host=host, listen=options.listen, shape=shape, listen_in=False,
                     report=say if options.verbose else lambda connection: None)
    print(f"listening on {options.listen[0]}:{link.port}", flush=True)
    signal.sigwait(stops)
    link.close()


if __name__ == "__main__":
    main()
