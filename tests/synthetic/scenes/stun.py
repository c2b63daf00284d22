"""What STUN gives away besides the mapped address."""
from ..say import (ALLOCATE, BINDING, REQUEST, address, binding_success, candidate, change_request,
                   check, check_success, http_post, in_v6, offer, sdp, stun, try_alternate)
from ..scene import scene
from ..wire import Connection
from .srflx import STUN_PORT, gather

CHROMIUM = 0x6e7f1eff  # priorities of checks from the first and the second network
CHROMIUM_OTHER = 0x6e7e1eff
CHROMIUM_V6 = 0x6e7f28ff
CABLE, WIFI, MOBILE, UNKNOWN = 0, 10, 900, 999


def ask(world, face, client, server, mapped, answered=True):
    """A Binding request from this endpoint to that one, and its answer."""
    txid = world.txid()
    face.udp(client, server, stun(BINDING, REQUEST, txid))
    world.wait(0.02)
    if answered:
        face.udp(server, client, binding_success(txid, mapped))
    world.wait(0.5)


def probe(world, face, client, peer, mapped=None, ufrags=("mine", "peer"), **more):
    """An ICE check of ours, and its answer if it got one."""
    txid = world.txid()
    face.udp(client, peer, check(txid, *ufrags, **more))
    world.wait(0.02)
    if mapped:
        face.udp(peer, client, check_success(txid, mapped))
    world.wait(0.1)


def peer_of(world):
    return world.peer, world.port()


def laptop_of(world):
    return world.laptop, world.port()


def post(world, face, client, description):
    """A page sends an offer in clear."""
    connection = Connection(face, (client, world.port()), (world.web, 80))
    connection.send(http_post("calls.example", "/offer", "application/json", offer(description)))
    connection.close()


# egress-changed-in-session

@scene("egress-changed-in-session/hit-tunnel-drops", "--egress {egress}", severity="critical",
       why="one socket asks one server before and after the router's VPN went down")
def tunnel_drops(world):
    eth = world.physical()
    client, server = laptop_of(world), (world.stun, STUN_PORT)
    ask(world, eth, client, server, (world.egress, client[1]),
        world.fact("an answer through the tunnel"))
    world.wait(20)
    ask(world, eth, client, server, (world.isp, client[1]), world.fact("an answer outside"))


@scene("egress-changed-in-session/hit-call-goes-on", severity="critical",
       why="a call's checks go through the tunnel, then outside from the same port")
def call_goes_on(world):
    eth, tun = world.physical(), world.tunnel()
    port, peer = world.port(), peer_of(world)
    ufrags = (world.word(4), world.word(4)) if world.fact("one ICE session") else None
    ask(world, tun, (world.inner, world.port()), (world.stun, STUN_PORT), (world.egress, 1))
    for face, source, seen in ((tun, world.inner, world.egress), (eth, world.laptop, world.isp)):
        probe(world, face, (source, port), peer, (seen, port),
              ufrags=ufrags or (world.word(4), world.word(4)))
        world.wait(5)


@scene("egress-changed-in-session/miss-pool", "--egress {egress} --egress {isp}",
       why="one socket comes out of both addresses of a declared pool")
def changed_pool(world):
    eth = world.physical()
    client, server = laptop_of(world), (world.stun, STUN_PORT)
    for seen in (world.egress, world.isp, world.egress):
        ask(world, eth, client, server, (seen, client[1]))


@scene("egress-changed-in-session/miss-carrier-pool",
       why="a carrier's NAT changes address and port in one session; nothing is expected")
def carrier_pool(world):
    eth = world.physical()
    client, server = laptop_of(world), (world.stun, STUN_PORT)
    for seen in (world.isp, world.proxy):
        ask(world, eth, client, server, (seen, world.port()))


@scene("egress-changed-in-session/miss-two-sockets", severity="critical",
       why="one socket through the tunnel and another around it: a leak, but no session changed")
def two_sockets(world):
    eth, tun = world.physical(), world.tunnel()
    gather(world, tun, world.inner, world.stun, world.egress)
    gather(world, eth, world.laptop, world.stun, world.isp)


# ipv4-mapped-private-address

@scene("ipv4-mapped-private-address/hit-peer-tells", severity="medium",
       why="a peer inside the VPN sees the tunnel's inner address and tells it as IPv6")
def peer_tells(world):
    tun = world.tunnel()
    client, peer = (world.inner, world.port()), peer_of(world)
    shape = in_v6 if world.fact("written as IPv6") else str
    seen = world.inner if world.fact("a private address") else world.egress
    probe(world, tun, client, peer, (shape(seen), client[1]))


@scene("ipv4-mapped-private-address/hit-candidate", "--egress {egress}", severity="medium",
       why="a page's offer has a peer reflexive candidate with a private address as IPv6")
def candidate_tells(world):
    eth = world.physical()
    shape = in_v6 if world.fact("written as IPv6") else str
    seen = world.laptop if world.fact("a private address") else world.egress
    post(world, eth, world.laptop,
         sdp([candidate("prflx", (shape(seen), world.port()))]))


@scene("ipv4-mapped-private-address/miss-public", "--egress {egress}",
       why="a server with one IPv6 socket for everything tells the egress as IPv6")
def mapped_public(world):
    eth = world.physical()
    client = laptop_of(world)
    ask(world, eth, client, (world.stun, STUN_PORT), (in_v6(world.egress), client[1]))


@scene("ipv4-mapped-private-address/miss-lan-call", "--egress {egress}",
       why="a call in the LAN between programs with IPv6 sockets")
def mapped_lan(world):
    eth = world.physical()
    client, peer = laptop_of(world), (world.lan_host, world.port())
    probe(world, eth, client, peer, (in_v6(client[0]), client[1]))


# stun-redirect

@scene("stun-redirect/hit-try-alternate", "--tunnel {tunnel}", severity="high",
       why="a TURN server asked around the tunnel answers 300 Try Alternate")
def try_another(world):
    eth = world.physical()
    client, server, txid = laptop_of(world), (world.turn, STUN_PORT), world.txid()
    if world.fact("a question"):
        eth.udp(client, server, stun(ALLOCATE, REQUEST, txid))
    world.wait(0.02)
    other = world.stun if world.fact("another address") else world.turn
    eth.udp(server, client, try_alternate(ALLOCATE, txid, (other, 3479)))


@scene("stun-redirect/miss-nat-test", "--egress {egress}",
       why="a NAT test: OTHER-ADDRESS, CHANGE-REQUEST, answers from the other address")
def nat_test(world):
    eth = world.physical()
    client, server, other = laptop_of(world), (world.stun, STUN_PORT), (world.turn, 3479)
    for flags, by in ((0, server), (2, (world.stun, 3479)), (6, other)):
        txid = world.txid()
        eth.udp(client, server, stun(BINDING, REQUEST, txid, change_request(flags)))
        world.wait(0.02)
        success = binding_success(txid, (world.egress, client[1]))
        more = address(0x802b, by) + address(0x802c, other)
        success = success[:2] + (len(success) - 20 + len(more)).to_bytes(2, "big") + success[4:]
        eth.udp(by, client, success + more)
        world.wait(0.3)


@scene("stun-redirect/miss-in-the-tunnel", "--tunnel {tunnel}",
       why="a TURN operator spreads its load; the client is asked to go elsewhere in the tunnel")
def redirect_inside(world):
    tun = world.tunnel()
    client, server, txid = (world.inner, world.port()), (world.turn, STUN_PORT), world.txid()
    tun.udp(client, server, stun(ALLOCATE, REQUEST, txid))
    world.wait(0.02)
    tun.udp(server, client, try_alternate(ALLOCATE, txid, (world.stun, STUN_PORT)))


# hardware-address-in-ipv6

def made_of_mac(near, last=0x10, universal=True):
    """An address in the network of `near`, made of 00:00:5e:00:53:xx or its local twin."""
    head = ":".join(near.split("::")[0].split(":")[:3])
    return f"{head}:0:{'2' if universal else '0'}00:5eff:fe00:53{last:02x}"


@scene("hardware-address-in-ipv6/hit-srflx", "--egress {egress}", severity="critical",
       why="IPv6 goes around an IPv4 VPN, with an address made of the hardware address")
def mac_told(world):
    eth = world.physical()
    own = made_of_mac(world.laptop6) if world.fact("made of the hardware address") \
        else world.laptop6
    gather(world, eth, own, world.stun6, own)


@scene("hardware-address-in-ipv6/hit-candidate", "--egress {egress}", severity="medium",
       why="a page's offer names such an address, made of a random hardware address")
def mac_in_candidate(world):
    eth = world.physical()
    own = made_of_mac(world.laptop6, universal=False) \
        if world.fact("made of the hardware address") else world.laptop
    post(world, eth, world.laptop, sdp([candidate("srflx", (own, world.port()))]))


@scene("hardware-address-in-ipv6/miss-temporary", "--egress {egress}", severity="critical",
       why="the same with a temporary address: the leak is another detection's")
def mac_temporary(world):
    eth = world.physical()
    own = made_of_mac(world.laptop6).rsplit(":", 4)[0] + ":5d1c:90a7:3be2:41f8"
    gather(world, eth, own, world.stun6, own)


@scene("hardware-address-in-ipv6/miss-exit", "--tunnel {tunnel}",
       why="the VPN's exit has such an address; it is the server's, not the client's")
def mac_of_exit(world):
    tun = world.tunnel()
    gather(world, tun, "fd00:8::2", world.stun6, made_of_mac(world.egress6))


@scene("hardware-address-in-ipv6/miss-lan-call", "--egress {egress}",
       why="two hosts of one LAN call each other by such addresses")
def mac_in_lan(world):
    eth = world.physical()
    one, two = made_of_mac(world.laptop6, 0x10), made_of_mac(world.laptop6, 0x20)
    client, peer = (one, world.port()), (two, world.port())
    probe(world, eth, client, peer, client)


# network-type-told

def typed(world, face, client, peer, cost):
    probe(world, face, client, peer, (world.egress, client[1]), network=(3, cost))


@scene("network-type-told/hit-mobile", "--egress {egress}", severity="medium",
       why="checks through the VPN say that the client is on a mobile network")
def mobile_told(world):
    eth = world.physical()
    cost = MOBILE if world.fact("a cost that tells") else UNKNOWN
    typed(world, eth, laptop_of(world), peer_of(world), cost)


@scene("network-type-told/hit-wifi", "--egress {egress}", severity="low",
       why="checks through the VPN say that the client is on Wi-Fi")
def wifi_told(world):
    eth = world.physical()
    client, peer = laptop_of(world), peer_of(world)
    network = (1, WIFI) if world.fact("the network's cost") else None
    probe(world, eth, client, peer, (world.egress, client[1]), network=network)


@scene("network-type-told/miss-unknown", "--egress {egress}",
       why="a page without permission: Chromium says 999, not known")
def unknown_told(world):
    typed(world, world.physical(), laptop_of(world), peer_of(world), UNKNOWN)


@scene("network-type-told/miss-peers", "--egress {egress}",
       why="the peer is on a mobile network, and says so in its own checks")
def peer_is_mobile(world):
    eth = world.physical()
    client, peer, txid = laptop_of(world), peer_of(world), world.txid()
    eth.udp(peer, client, check(txid, "peer", "mine", network=(1, MOBILE)), hops=50)
    world.wait(0.02)
    eth.udp(client, peer, check_success(txid, peer))


@scene("network-type-told/miss-lan-call", "--egress {egress}",
       why="a call in the LAN, whose ends know that they are in it")
def typed_in_lan(world):
    typed(world, world.physical(), laptop_of(world), (world.lan_host, world.port()), WIFI)


# local-paths-told

def paths(world, priorities, ufrags):
    eth, tun, peer = world.physical(), world.tunnel(), peer_of(world)
    faces = ((tun, world.inner, world.egress), (eth, world.laptop, None))
    for (face, source, seen), priority, ufrag in zip(faces, priorities, ufrags):
        port = world.port()
        probe(world, face, (source, port), peer, seen and (seen, port),
              ufrags=(ufrag, "peer"), priority=priority)
        world.wait(2)


@scene("local-paths-told/hit-two-networks", "--min-severity info", severity="high",
       why="the checks of one session come from the VPN's interface and from the one beneath")
def two_networks(world):
    priorities = (CHROMIUM, CHROMIUM_OTHER if world.fact("two preferences") else CHROMIUM)
    paths(world, priorities, ("mine", "mine" if world.fact("one session") else "other"))


@scene("local-paths-told/miss-two-families", "--egress {egress} --min-severity info",
       why="one network with IPv4 and IPv6: only the lower byte of the preference differs")
def two_families(world):
    eth = world.physical()
    client, peer = laptop_of(world), peer_of(world)
    probe(world, eth, client, peer, (world.egress, client[1]), priority=CHROMIUM)
    probe(world, eth, client, peer, (world.egress, client[1]), priority=CHROMIUM_V6)


@scene("local-paths-told/miss-two-calls", "--egress {egress} --min-severity info",
       why="two calls with one peer, each from one network")
def two_calls(world):
    eth, peer = world.physical(), peer_of(world)
    for ufrag, priority in (("aaaa", CHROMIUM), ("bbbb", CHROMIUM_OTHER)):
        client = laptop_of(world)
        probe(world, eth, client, peer, (world.egress, client[1]), ufrags=(ufrag, "peer"),
              priority=priority)
