#!/usr/bin/python3
"""Sends a bare STUN Binding Request (20 bytes, as browsers do) where coturn's client will not do.

usage: stun_client.py [--classic] [--tries N] [--source ADDR] SERVER PORT

Retransmits as RFC 8489 section 6.2.1 says (500 ms, doubled each time). --classic leaves out the
magic cookie, as RFC 3489 clients do. Exit status 0 when an answer came, 1 when none did.
"""

import argparse
import os
import socket
import struct
import sys

BINDING_REQUEST = 0x0001
MAGIC_COOKIE = 0x2112A442
FIRST_WAIT = 0.5


def request(classic):
    if classic:
        # All 16 bytes are random; the first is kept off the cookie's.
        return struct.pack("!HH", BINDING_REQUEST, 0) + b"\x00" + os.urandom(15)
    return struct.pack("!HHI", BINDING_REQUEST, 0, MAGIC_COOKIE) + os.urandom(12)


def ask(sock, message, tries):
    wait = FIRST_WAIT
    for _ in range(tries):
        sock.send(message)
        sock.settimeout(wait)
        try:
            return sock.recv(2048)[4:20] == message[4:20]
        except TimeoutError:
            wait *= 2
    return False


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--classic", action="store_true")
    args.add_argument("--tries", type=int, default=4)
    args.add_argument("--source")
    args.add_argument("server")
    args.add_argument("port", type=int)
    args = args.parse_args()
    family = socket.AF_INET6 if ":" in args.server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        if args.source:
            sock.bind((args.source, 0))
        sock.connect((args.server, args.port))
        return 0 if ask(sock, request(args.classic), args.tries) else 1


sys.exit(main())
