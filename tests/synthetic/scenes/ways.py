"""QUIC, TURN over TLS, calls without the relay that is required, and hellos of calls."""
from ..say import (allocate, allocate_success, check, check_success, channel_data, dtls_hello,
                   quic_long, quic_short, rtp, stun, tls_hello)
from ..scene import scene
from ..wire import Connection
from .media import AWAY, CONSENT, FRAME, checks, ends_of, granted
from .observed import wireguard

RELAY_ONLY = """clients:
  - match: [{laptop}, {inner}]
    relay_only: true
"""


# quic-outside-tunnel

def quic(world, face, near, far, answered=True):
    """A connection set up, and what follows; its hello nobody can open."""
    own, theirs = world.draw.randbytes(8), world.draw.randbytes(8)
    face.udp(near, far, quic_long(0, theirs, own))
    world.wait(FRAME)
    if answered:
        face.udp(far, near, quic_long(0, own, theirs), hops=AWAY)
        face.udp(far, near, quic_long(2, own, theirs, 600), hops=AWAY)
    for counter in range(6):
        world.wait(FRAME)
        face.udp(near, far, quic_short(theirs, counter))
        if answered:
            face.udp(far, near, quic_short(own, counter), hops=AWAY)


def web(world):
    return (world.laptop, world.port()), (world.web, 443)


@scene("quic-outside-tunnel/hit-declared-tunnel", "--tunnel {tunnel}", severity="high",
       why="a QUIC connection outside the tunnel that was declared")
def declared_tunnel(world):
    quic(world, world.physical(), *web(world), answered=world.fact("the server answers"))


@scene("quic-outside-tunnel/hit-beside-http-proxy", severity="medium",
       why="pages go through an HTTP proxy, which carries no QUIC; QUIC goes straight")
def beside_http_proxy(world):
    eth = world.physical()
    granted(world, eth)
    quic(world, eth, *web(world), answered=world.fact("the server answers"))


@scene("quic-outside-tunnel/miss-beside-wireguard",
       why="a tunnel that only its outer packets show: QUIC may be split off on purpose")
def beside_wireguard(world):
    eth = world.physical()
    wireguard(world, eth, world.laptop, world.vpn)
    quic(world, eth, *web(world))


@scene("quic-outside-tunnel/miss-inside", "--tunnel {tunnel}",
       why="QUIC inside the tunnel, and in the LAN")
def quic_inside(world):
    tun, eth = world.tunnel(), world.physical()
    quic(world, tun, (world.inner, world.port()), (world.web, 443))
    quic(world, eth, (world.laptop, world.port()), (world.lan_host, 443))


@scene("quic-outside-tunnel/miss-tunnel-over-quic", "--tunnel {vpn}:443",
       why="the declared tunnel runs over QUIC itself (MASQUE): its own packets are no leak")
def tunnel_over_quic(world):
    quic(world, world.physical(), (world.laptop, world.port()), (world.vpn, 443))


@scene("quic-outside-tunnel/miss-server", "--tunnel {tunnel}",
       why="the laptop serves QUIC to somebody outside, who called it")
def quic_server(world):
    quic(world, world.physical(), (world.peer, world.port()), (world.laptop, 443))


# turn-tls-outside-tunnel

def hello(world, face, server, name, alpn=(), port=5349):
    Connection(face, (world.laptop, world.port()), (server, port)).send(tls_hello(name, alpn))


@scene("turn-tls-outside-tunnel/hit-alpn", "--tunnel {tunnel}", severity="medium",
       why="a hello that offers stun.turn, on the port of HTTPS")
def turn_alpn(world):
    hello(world, world.physical(), world.turn, "relay.example",
          ("stun.turn",) if world.fact("it offers TURN") else (), 443)


@scene("turn-tls-outside-tunnel/hit-known-server", "--tunnel {tunnel}", severity="medium",
       why="TLS outside to the server that a relay was allocated on, inside the tunnel")
def turn_known(world):
    tun, eth = world.tunnel(), world.physical()
    txid, near, server = world.txid(), (world.inner, world.port()), (world.turn, 3478)
    tun.udp(near, server, allocate(txid))
    world.wait(FRAME)
    if world.fact("the relay is known"):
        tun.udp(server, near, allocate_success(txid, (world.egress, near[1]), (world.turn, 50000)))
    world.wait(1)
    Connection(eth, (world.inner, world.port()), (world.turn, 5349)).send(tls_hello("relay.example"))


@scene("turn-tls-outside-tunnel/hit-name", "--tunnel {tunnel} --min-severity info", severity="info",
       why="nothing but the name says that it may be TURN")
def turn_name(world):
    hello(world, world.physical(), world.turn,
          "turn.example" if world.fact("the name says so") else "return.example")


@scene("turn-tls-outside-tunnel/miss-page", "--tunnel {tunnel} --min-severity info", severity="low",
       why="a page of a host that is named turn, and a name that begins like it")
def turn_page(world):
    eth = world.physical()
    hello(world, eth, world.turn, "turn.example", ("h2", "http/1.1"), 443)
    hello(world, eth, world.web, "turnip.example")


@scene("turn-tls-outside-tunnel/miss-inside", "--tunnel {tunnel}",
       why="TURN over TLS inside the tunnel")
def turn_inside(world):
    tun = world.tunnel()
    Connection(tun, (world.inner, world.port()), (world.turn, 5349)).send(
        tls_hello("turn.example", ("stun.turn",)))


@scene("turn-tls-outside-tunnel/miss-through-proxy", "--proxy {proxy}:3128",
       why="TURN over TLS in a CONNECT of the proxy")
def turn_through_proxy(world):
    connection = granted(world, world.physical())
    connection.send(tls_hello("turn.example", ("stun.turn",)))


# peer-despite-relay-only

@scene("peer-despite-relay-only/hit-direct", policy=RELAY_ONLY, severity="high",
       why="only relays are allowed, and the pair in use goes straight to the peer")
def direct(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    checks(world, eth, near, far, world.isp if world.fact("the peer answers") else None,
           nominate=world.fact("nominated"))


@scene("peer-despite-relay-only/hit-kept", policy=RELAY_ONLY, severity="high",
       why="the peer nominates, and the pair is kept by the laptop's consent checks")
def kept_straight(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    for _ in range(2):
        txid = world.txid()
        eth.udp(near, far, check(txid, "Lapt", "Peer", controlling=False))
        world.wait(FRAME)
        if world.fact("the peer answers"):
            eth.udp(far, near, check_success(txid, (world.isp, near[1])), hops=AWAY)
        txid = world.txid()
        eth.udp(far, near, check(txid, "Peer", "Lapt", nominate=world.fact("nominated")), hops=AWAY)
        eth.udp(near, far, check_success(txid, far))
        world.wait(CONSENT)


@scene("peer-despite-relay-only/miss-relayed", policy=RELAY_ONLY,
       why="plain STUN to the TURN server, as browsers do, an allocation, and the call through it")
def through_relay(world):
    eth = world.physical()
    near, server, txid = (world.laptop, world.port()), (world.turn, 3478), world.txid()
    eth.udp(near, server, stun(1, 0, txid))
    eth.udp(near, server, allocate(txid[::-1]))
    world.wait(FRAME)
    eth.udp(server, near, allocate_success(txid[::-1], (world.isp, near[1]), (world.turn, 50000)))
    for number in range(6):
        eth.udp(near, server, channel_data(0x4001, rtp(number)))
        world.wait(FRAME)


@scene("peer-despite-relay-only/miss-relay-checked", policy=RELAY_ONLY, severity="high",
       why="the media server behind the relay answers checks on the relay's own address")
def relay_checked(world):
    eth = world.physical()
    near, server, txid = (world.laptop, world.port()), (world.turn, 3478), world.txid()
    eth.udp(near, server, allocate(txid))
    world.wait(FRAME)
    eth.udp(server, near, allocate_success(txid, (world.isp, near[1]), (world.turn, 50000)))
    checks(world, eth, near, (world.turn, 50000), world.isp, nominate=True)


@scene("peer-despite-relay-only/miss-lan-call", policy=RELAY_ONLY, why="a call inside the LAN")
def lan_pair(world):
    near, far = ends_of(world, world.laptop, world.lan_host)
    checks(world, world.physical(), near, far, world.laptop, nominate=True)


@scene("peer-despite-relay-only/miss-inside", "--tunnel {tunnel} --egress {egress}",
       policy=RELAY_ONLY, severity="high",
       why="a direct call inside the tunnel: the peer sees its exit")
def pair_inside(world):
    near, far = ends_of(world, world.inner, world.peer)
    checks(world, world.tunnel(), near, far, world.egress, nominate=True)


@scene("peer-despite-relay-only/miss-allowed",
       why="a direct call of somebody who may have one")
def pair_allowed(world):
    near, far = ends_of(world, world.laptop, world.peer)
    checks(world, world.physical(), near, far, world.isp, nominate=True)


# webrtc-handshake

@scene("webrtc-handshake/hit-call", "--min-severity info", severity="info",
       why="a hello that asks for SRTP keys and offers webrtc, of somebody without a tunnel")
def call_hello(world):
    near, far = ends_of(world, world.laptop, world.peer)
    said = world.fact("the hello says so")
    world.physical().udp(near, far, dtls_hello(("webrtc",) if said else (), srtp=said))


@scene("webrtc-handshake/hit-confidential", "--min-severity info", severity="info",
       why="a hello that offers c-webrtc, and a data channel alone: no SRTP")
def confidential_hello(world):
    near, far = ends_of(world, world.laptop, world.peer)
    alpn = ("webrtc", "c-webrtc") if world.fact("it offers c-webrtc") else ("coap",)
    world.physical().udp(near, far, dtls_hello(alpn, srtp=False))


@scene("webrtc-handshake/miss-other", "--min-severity info",
       why="DTLS that is no call's, and a call's hello that only comes in, from the peer")
def other_hello(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    eth.udp(near, far, dtls_hello(("coap",), srtp=False))
    eth.udp(far, near, dtls_hello(), hops=AWAY)


@scene("webrtc-handshake/miss-outside", "--tunnel {tunnel} --min-severity info", severity="critical",
       why="around a tunnel the same hello is more than a note: media-outside-tunnel")
def outside_hello(world):
    near, far = ends_of(world, world.laptop, world.peer)
    world.physical().udp(near, far, dtls_hello())
