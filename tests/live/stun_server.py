#!/usr/bin/python3
"""Answers STUN Binding Requests over UDP with one address, whoever asks: what a server behind a NAT
would see. Where MAPPED is "-" it hears and never answers. Prints a line when it listens.

usage: stun_server.py ADDR PORT MAPPED
"""
import ipaddress
import socket
import struct
import sys

BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101
XOR_MAPPED_ADDRESS, FAMILY_IPV4 = 0x0020, 1
MAGIC_COOKIE = 0x2112A442


def answer(request, mapped, port):
    value = struct.pack("!BBHI", 0, FAMILY_IPV4, port ^ (MAGIC_COOKIE >> 16),
                        int(ipaddress.IPv4Address(mapped)) ^ MAGIC_COOKIE)
    attribute = struct.pack("!HH", XOR_MAPPED_ADDRESS, len(value)) + value
    return struct.pack("!HHI", BINDING_SUCCESS, len(attribute), MAGIC_COOKIE) + request[8:20] + attribute


def main():
    addr, port, mapped = sys.argv[1:4]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((addr, int(port)))
        print("listening", flush=True)
        while True:
            request, client = sock.recvfrom(2048)
            asked = len(request) >= 20 and struct.unpack("!H", request[:2])[0] == BINDING_REQUEST
            if asked and mapped != "-":
                sock.sendto(answer(request, mapped, client[1]), client)


main()
