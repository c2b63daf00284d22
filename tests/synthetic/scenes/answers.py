"""STUN answers that are not the server's, and others that only look so."""
from ..say import (BINDING, REQUEST, SUCCESS, address, attribute, binding_success, fingerprinted,
                   stun)
from ..scene import scene
from .srflx import STUN_PORT
from .stun import ask, laptop_of, nat_test


@scene("stun-answer-forged/hit-two-answers", "--egress {egress}", severity="low",
       why="one question, two answers that disagree")
def two_answers(world):
    eth = world.physical()
    client, server, txid = laptop_of(world), (world.stun, STUN_PORT), world.txid()
    eth.udp(client, server, stun(BINDING, REQUEST, txid))
    world.wait(0.01)
    if world.fact("an answer before"):
        eth.udp(server, client, binding_success(txid, ("100.64.9.9", client[1])))
    world.wait(0.01)
    seen = world.egress if world.fact("another address") else "100.64.9.9"
    eth.udp(server, client, binding_success(txid, (seen, client[1])))


@scene("stun-answer-forged/hit-nobody-asked", "--egress {egress}", severity="low",
       why="after the server's answer one comes that belongs to no question")
def nobody_asked(world):
    eth = world.physical()
    client, server = laptop_of(world), (world.stun, STUN_PORT)
    ask(world, eth, client, server, (world.egress, client[1]), world.fact("an answer before"))
    seen = world.peer if world.fact("another address") else world.egress
    eth.udp(server, client, binding_success(world.txid(), (seen, client[1])))


@scene("stun-answer-forged/miss-mid-stream", "--egress {egress}",
       why="the capture starts between questions and answers")
def mid_stream(world):
    eth = world.physical()
    client, server = laptop_of(world), (world.stun, STUN_PORT)
    for seen in (world.egress, world.isp):
        eth.udp(server, client, binding_success(world.txid(), (seen, client[1])))
        world.wait(0.2)


@scene("stun-answer-forged/miss-retransmission", "--egress {egress}",
       why="question and answer are both sent twice")
def retransmission(world):
    eth = world.physical()
    client, server, txid = laptop_of(world), (world.stun, STUN_PORT), world.txid()
    for _ in range(2):
        eth.udp(client, server, stun(BINDING, REQUEST, txid))
        world.wait(0.5)
    for _ in range(2):
        eth.udp(server, client, binding_success(txid, (world.egress, client[1])))
        world.wait(0.5)


@scene("stun-answer-elsewhere/hit-another-answers", "--egress {egress}", severity="low",
       why="somebody else answers a question, and no other answer was asked for")
def another_answers(world):
    eth = world.physical()
    client, server, txid = laptop_of(world), (world.stun, STUN_PORT), world.txid()
    if world.fact("a question"):
        eth.udp(client, server, stun(BINDING, REQUEST, txid))
    world.wait(0.02)
    by = (world.peer, STUN_PORT) if world.fact("another address") else server
    eth.udp(by, client, binding_success(txid, (world.egress, client[1])))


@scene("stun-answer-elsewhere/miss-nat-test", "--egress {egress}",
       why="a NAT test asks to be answered from elsewhere")
def elsewhere_asked(world):
    nat_test(world)


@scene("stun-answer-altered/hit-fingerprint", "--egress {egress}", severity="low",
       why="a router rewrote the address in an answer and left the fingerprint as it was")
def fingerprint_wrong(world):
    eth = world.physical()
    client, server, txid = laptop_of(world), (world.stun, STUN_PORT), world.txid()
    if world.fact("a question"):
        eth.udp(client, server, fingerprinted(stun(BINDING, REQUEST, txid)))
    world.wait(0.02)
    answer = fingerprinted(binding_success(txid, (world.egress, client[1])))
    if world.fact("changed after it was signed"):
        answer = answer[:26] + bytes([answer[26] ^ 1]) + answer[27:]
    eth.udp(server, client, answer)


@scene("stun-answer-altered/miss-fingerprint", "--egress {egress}",
       why="answers with a right fingerprint and without one")
def fingerprint_right(world):
    eth = world.physical()
    client, server = laptop_of(world), (world.stun, STUN_PORT)
    for finish in (fingerprinted, bytes):
        txid = world.txid()
        eth.udp(client, server, stun(BINDING, REQUEST, txid))
        world.wait(0.02)
        eth.udp(server, client, finish(stun(
            BINDING, SUCCESS, txid, attribute(0x8022, b"a server"),
            address(1, (world.egress, client[1])))))
        world.wait(0.2)
