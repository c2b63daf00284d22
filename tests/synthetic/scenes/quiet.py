"""Quiet by right: what looks like STUN around a tunnel, and is none of it."""
from ..say import (BINDING, REQUEST, allocate, allocate_success, binding_success, check,
                   check_success, fingerprinted, software, stun, tailscale_disco, wireguard_data,
                   wireguard_init, wireguard_response)
from ..scene import scene
from ..wire import RAW_IP
from .srflx import STUN_PORT, gather
from .stun import ask, laptop_of, peer_of

WIREGUARD_PORT, TAILSCALE_PORT = 51820, 41641
GAME = """clients:
  - match: {laptop}
    tunnel: [{tunnel}]
    egress: [{egress}]
    allow:
      - to: {stun}
        protocol: [udp]
        why: the game finds its players itself
      - to: {turn}
        why: and they meet on its relay
"""


# The VPN's own STUN

def tailscale(world, answered=True):
    """Discovery, probes of DERP servers and data, all from one socket."""
    eth, mesh = world.physical(), world.scene.interface("tailscale0", RAW_IP)
    own, server = (world.laptop, TAILSCALE_PORT), (world.stun, STUN_PORT)
    txid, peer = world.txid(), (world.peer, TAILSCALE_PORT)
    eth.udp(own, server, fingerprinted(stun(BINDING, REQUEST, txid, software("tailnode"))))
    world.wait(0.02)
    if answered:
        eth.udp(server, own, binding_success(txid, (world.isp, own[1])))
    for _ in range(2):
        eth.udp(own, peer, tailscale_disco())
        world.wait(0.02)
        eth.udp(peer, own, tailscale_disco())
    eth.udp(own, peer, wireguard_init())
    eth.udp(peer, own, wireguard_response())
    mesh.udp(("100.64.0.9", world.port()), ("100.64.0.10", world.port()), b"hello")
    world.wait(2)
    ask(world, eth, own, server, (world.isp, own[1]))


@scene("srflx-outside-egress/miss-tailscale", "--tunnel tailscale0 --egress {egress}",
       why="Tailscale asks STUN from its own socket, and says that it is Tailscale")
def tailscale_asks(world):
    tailscale(world)


@scene("stun-outside-tunnel/miss-tailscale", "--tunnel tailscale0",
       why="the same, and the first request is not answered")
def tailscale_asks_in_vain(world):
    tailscale(world, answered=False)


@scene("srflx-outside-egress/miss-mesh-beside", why="a mesh without an exit node takes nobody's "
       "traffic: what a browser asks beside it goes where it should")
def mesh_beside(world):
    tailscale(world)
    gather(world, world.scene.interfaces[0], world.laptop, world.stun, world.isp)


def wireguard(world, face, own, far, counters):
    for counter in counters:
        face.udp(own, far, wireguard_data(counter))
        face.udp(far, own, wireguard_data(counter, 0x11111111))
        world.wait(0.05)


@scene("srflx-outside-egress/miss-nordlynx", "--egress {egress}",
       why="a VPN program asks STUN from the socket that its WireGuard tunnel goes through")
def nordlynx(world):
    eth, tun = world.physical(), world.scene.interface("nordlynx", RAW_IP)
    own, far = laptop_of(world), (world.vpn, WIREGUARD_PORT)
    eth.udp(own, far, wireguard_init())
    world.wait(0.03)
    eth.udp(far, own, wireguard_response())
    wireguard(world, eth, own, far, range(3))
    gather(world, tun, world.inner, world.stun, world.egress)
    ask(world, eth, own, (world.stun, STUN_PORT), (world.isp, own[1]))
    ask(world, eth, own, (world.turn, STUN_PORT), (world.isp, own[1]))


@scene("stun-outside-tunnel/miss-hand-over",
       why="from Wi-Fi to a mobile network: the WireGuard tunnel roams, and all STUN stays in it")
def hand_over(world):
    eth, cell, tun = world.physical(), world.scene.interface("wwan0"), world.tunnel()
    port, far = world.port(), (world.vpn, WIREGUARD_PORT)
    client, server = (world.inner, world.port()), (world.stun, STUN_PORT)
    for face, source, first in ((eth, world.laptop, 0), (cell, "100.64.12.34", 8)):
        own = source, port
        if not first:
            face.udp(own, far, wireguard_init())
            world.wait(0.03)
            face.udp(far, own, wireguard_response())
        wireguard(world, face, own, far, range(first, first + 6))
        ask(world, tun, client, server, (world.egress, client[1]))
        world.wait(3)


@scene("stun-outside-tunnel/miss-far-end", "--tunnel {vpn}:443",
       why="what goes to the tunnel's far end is the tunnel's, STUN or not")
def far_end(world):
    eth = world.physical()
    eth.udp(laptop_of(world), (world.vpn, 443), stun(BINDING, REQUEST, world.txid()))


# Exits

@scene("srflx-outside-egress/miss-learned-pool",
       why="nobody declared anything; the tunnel comes out of several addresses, and of IPv6")
def learned_pool(world):
    world.physical()
    tun = world.tunnel()
    for seen in (world.egress, world.proxy, world.egress):
        gather(world, tun, world.inner, world.stun, seen)
        world.wait(1)
    gather(world, tun, "fd00:8::2", world.stun6, world.egress6)


@scene("srflx-outside-egress/miss-dual-stack", "--egress {egress}",
       why="only the IPv4 exit is declared; IPv6 goes through the tunnel, too")
def dual_stack(world):
    tun = world.tunnel()
    gather(world, tun, world.inner, world.stun, world.egress)
    gather(world, tun, "fd00:8::2", world.stun6, world.egress6)


@scene("srflx-outside-egress/miss-nat64", "--egress {egress}",
       why="a server behind NAT64 sees the exit's IPv4 address in 64:ff9b::/96, and says so")
def nat64(world):
    eth = world.physical()
    client = "fd00:77::10", world.port()
    ask(world, eth, client, (world.stun6, STUN_PORT), (f"64:ff9b::{world.egress}", client[1]))


@scene("srflx-outside-egress/miss-nat64-exit", "--egress {egress6}",
       why="an IPv6 tunnel reaches IPv4 servers by its own NAT64, whose address nobody declared")
def nat64_exit(world):
    tun = world.tunnel()
    client = "fd00:8::2", world.port()
    ask(world, tun, client, (f"64:ff9b::{world.stun}", STUN_PORT), (world.egress, client[1]))


@scene("srflx-outside-egress/miss-carrier-nat", "--egress {egress}",
       why="a carrier's own server sees the address inside the carrier's NAT, which is nobody's")
def carrier_nat(world):
    eth = world.physical()
    client = "100.64.12.34", world.port()
    ask(world, eth, client, (world.stun, STUN_PORT), ("100.64.12.34", client[1]))
    ask(world, eth, client, (world.turn, STUN_PORT), (world.egress, client[1]))


# The LAN, and peers

def neighbour6(world, last):
    return world.laptop6.split("::")[0] + f"::{last}"


def call(world, face, one, other):
    """Checks both ways between two ends that see each other's real address."""
    for source, to in ((one, other), (other, one)):
        txid = world.txid()
        face.udp(source, to, check(txid, "mine", "peer", nominate=source == one))
        world.wait(0.01)
        face.udp(to, source, check_success(txid, source))
        world.wait(0.1)


@scene("srflx-outside-egress/miss-lan-call", "--egress {egress}",
       why="two hosts of one LAN call each other, by IPv4 and by global IPv6 addresses")
def lan_call(world):
    eth = world.physical()
    call(world, eth, laptop_of(world), (world.lan_host, world.port()))
    call(world, eth, (neighbour6(world, 10), world.port()), (neighbour6(world, 20), world.port()))


@scene("stun-outside-tunnel/miss-lan-call", "--tunnel {tunnel}",
       why="the same beside a tunnel: it stays in the LAN")
def lan_call_beside(world):
    lan_call(world)


@scene("srflx-outside-egress/miss-peer-checks", "--egress {egress}",
       why="checks come in from a peer, and our answers carry its address; ours come out right")
def peer_checks(world):
    eth = world.physical()
    client, peer = laptop_of(world), peer_of(world)
    for source, to, seen, hops in ((peer, client, peer, 50),
                                   (client, peer, (world.egress, client[1]), 64)):
        txid = world.txid()
        eth.udp(source, to, check(txid, "mine", "peer"), hops=hops)
        world.wait(0.02)
        eth.udp(to, source, check_success(txid, seen))


@scene("srflx-outside-egress/miss-public-server", "--egress {egress}",
       why="a STUN server with a public address answers people from everywhere")
def public_server(world):
    eth = world.physical()
    for client in (world.peer, world.isp, world.web):
        txid, ends = world.txid(), ((client, world.port()), (world.stun, STUN_PORT))
        eth.udp(*ends, stun(BINDING, REQUEST, txid), hops=49)
        eth.udp(*reversed(ends), binding_success(txid, ends[0]))
        world.wait(0.1)


@scene("srflx-outside-egress/miss-public-host",
       why="a host with a public address and no VPN asks STUN: exposure, and no leak")
def public_host(world):
    gather(world, world.physical(), world.isp, world.stun, world.isp)


# What the policy allows

def game(world):
    eth = world.physical()
    gather(world, eth, world.laptop, world.stun, world.isp)
    client, server, txid = laptop_of(world), (world.turn, STUN_PORT), world.txid()
    eth.udp(client, server, allocate(txid))
    world.wait(0.02)
    eth.udp(server, client, allocate_success(txid, (world.isp, client[1]),
                                             (world.turn, world.port())))
    eth.udp(laptop_of(world), (world.stun, 3479), stun(BINDING, REQUEST, world.txid()))
    world.wait(2)


for detection in ("srflx-outside-egress", "stun-outside-tunnel", "turn-outside-tunnel"):
    scene(f"{detection}/miss-game", policy=GAME,
          why="a game whose servers the policy lets be reached around the tunnel")(game)


# TURN

@scene("turn-outside-tunnel/miss-private-relay", "--egress {egress}",
       why="the relayed address is a private one of the relay's network; the mapped one is right")
def private_relay(world):
    eth = world.physical()
    client, server, txid = laptop_of(world), (world.turn, STUN_PORT), world.txid()
    eth.udp(client, server, allocate(txid))
    world.wait(0.02)
    eth.udp(server, client, allocate_success(txid, (world.egress, client[1]),
                                             ("10.13.0.62", world.port())))


@scene("turn-outside-tunnel/miss-in-the-lan", "--tunnel {tunnel}",
       why="a company's TURN server in its own network")
def relay_in_lan(world):
    eth = world.physical()
    client, server, txid = laptop_of(world), (world.lan_host, STUN_PORT), world.txid()
    eth.udp(client, server, allocate(txid))
    world.wait(0.02)
    eth.udp(server, client, allocate_success(txid, client, (world.lan_host, world.port())))


@scene("srflx-outside-egress/miss-meshnet", "--egress {egress}",
       why="a VPN program asks STUN first, and brings its tunnel up from the same socket: taken back")
def meshnet(world):
    eth = world.physical()
    own, far = laptop_of(world), (world.vpn, WIREGUARD_PORT)
    ask(world, eth, own, (world.stun, STUN_PORT), (world.isp, own[1]))
    eth.udp(own, far, wireguard_init())
    world.wait(0.03)
    eth.udp(far, own, wireguard_response())
    wireguard(world, eth, own, far, range(3))
    ask(world, eth, own, (world.turn, STUN_PORT), (world.isp, own[1]))
