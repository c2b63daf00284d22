"""A client that is to be reached through its relay only (D21)."""
from ..page import Page, browser, mdns_name
from ..say import (BINDING, CHANNEL_BIND, REQUEST, SUCCESS, allocate, allocate_success, attribute,
                   binding_success, candidate, check, check_success, stun, xor_address)
from ..scene import scene

STUN_PORT = 3478
RELAY_ONLY = "--egress {egress} --relay-only"


def bind(world, face, client, server):
    """A Binding request, as browsers send it to STUN and TURN servers alike, and its answer."""
    txid = world.txid()
    face.udp(client, server, stun(BINDING, REQUEST, txid))
    world.wait(0.02)
    face.udp(server, client, binding_success(txid, (world.egress, client[1])))


def relay(world, face, client, server):
    """An allocation; the relayed endpoint."""
    txid, relayed = world.txid(), (world.turn, world.port())
    face.udp(client, server, allocate(txid))
    world.wait(0.02)
    face.udp(server, client, allocate_success(txid, (world.egress, client[1]), relayed))
    return relayed


def channel(world, face, client, server, peer, inside):
    """A bound channel, and one datagram through it."""
    txid = world.txid()
    face.udp(client, server, stun(CHANNEL_BIND, REQUEST, txid, attribute(0x0c, b"\x40\0\0\0"),
                                  xor_address(0x12, peer, txid)))
    face.udp(server, client, stun(CHANNEL_BIND, SUCCESS, txid))
    face.udp(client, server, b"\x40\0" + len(inside).to_bytes(2, "big") + inside)


def peer_check(world, face, client, peer):
    txid, ufrag, far = world.txid(), world.word(4), world.word(4)
    face.udp(client, peer, check(txid, ufrag, far))
    world.wait(0.02)
    face.udp(peer, client, check_success(txid, (world.egress, client[1])))


@scene("relay-only-violated/hit-candidate", RELAY_ONLY, severity="high",
       why="a reflexive candidate, though the exit's: the peer may go around the relay")
def candidate_told(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    page.candidate("srflx" if world.fact("no relay") else "relay", (world.egress, world.port()),
                   ("0.0.0.0", 0), own=world.fact("the client's own words"))


@scene("relay-only-violated/hit-check", "--relay-only", severity="high",
       why="a check straight to the peer; nothing but relay-only is expected")
def check_sent(world):
    if world.fact("check"):
        peer_check(world, world.physical(), (world.laptop, world.port()),
                   (world.peer, world.port()))
    else:
        relay(world, world.physical(), (world.laptop, world.port()), (world.turn, STUN_PORT))


@scene("relay-only-violated/hit-hidden", RELAY_ONLY, severity="medium",
       why="a host candidate behind an mDNS name: no address yet, but no relay either")
def hidden(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    if world.fact("candidate"):
        page.candidate("host", (mdns_name(world), world.port()), more=browser(world.word(4)))


@scene("relay-only-violated/miss-relayed", RELAY_ONLY,
       why="relayed candidates, and checks in ChannelData to the same peer")
def relayed(world):
    tun, client = world.tunnel(), (world.inner, world.port())
    turn = (world.turn, STUN_PORT)
    bind(world, tun, client, turn)
    told = relay(world, tun, client, turn)
    page = Page(world, tun, world.inner, world.web)
    page.offer(candidate("relay", told, (world.egress, client[1])))
    channel(world, tun, client, turn, (world.peer, world.port()),
            check(world.txid(), world.word(4), world.word(4)))


@scene("relay-only-violated/miss-peer", RELAY_ONLY,
       why="the peer offers direct candidates and checks them; the client does neither")
def peer(world):
    tun = world.tunnel()
    page = Page(world, tun, world.inner, world.web)
    page.candidate("srflx", (world.peer, world.port()), ("0.0.0.0", 0), own=False)
    tun.udp((world.peer, world.port()), (world.inner, world.port()),
            check(world.txid(), world.word(4), world.word(4)), hops=50)


@scene("relay-only-violated/miss-not-asked", "--egress {egress}",
       why="the same candidate and check without that policy")
def not_asked(world):
    tun = world.tunnel()
    Page(world, tun, world.inner, world.web).candidate(
        "srflx", (world.egress, world.port()), ("0.0.0.0", 0))
    peer_check(world, tun, (world.inner, world.port()), (world.peer, world.port()))


@scene("relay-only-violated/miss-lan-call", RELAY_ONLY,
       why="both ends and the signalling server are in the LAN")
def lan_call(world):
    eth = world.physical()
    Page(world, eth, world.laptop, world.lan_host).candidate(
        "host", (world.laptop, world.port()))
    txid, port = world.txid(), world.port()
    eth.udp((world.laptop, port), (world.lan_host, 40000), check(txid, "abcd", "efgh"))
    eth.udp((world.lan_host, 40000), (world.laptop, port),
            check_success(txid, (world.laptop, port)))


@scene("relay-only-stun/hit-stun-server", "--relay-only", severity="medium",
       why="a STUN server beside the TURN server")
def stun_server(world):
    tun, client = world.tunnel(), (world.inner, world.port())
    turn = (world.turn, STUN_PORT)
    if world.fact("another server"):
        bind(world, tun, client, (world.stun, STUN_PORT))
    bind(world, tun, client, turn)
    relay(world, tun, client, turn)


@scene("relay-only-stun/miss-turn-server", "--relay-only",
       why="browsers ask the TURN server by a plain Binding request, too")
def turn_server(world):
    tun, client = world.tunnel(), (world.inner, world.port())
    turn = (world.turn, STUN_PORT)
    bind(world, tun, client, turn)
    world.wait(0.1)
    relay(world, tun, client, turn)
    world.wait(20)
    bind(world, tun, client, turn)


@scene("relay-only-stun/miss-lan-server", "--relay-only", why="a STUN server in the LAN")
def lan_server(world):
    bind(world, world.physical(), (world.laptop, world.port()), (world.lan_host, STUN_PORT))
