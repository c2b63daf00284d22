"""Media of calls: outside the tunnel, beside proxies, and where it is all right."""
from ..say import (BINDING, HTTP_CONNECTED, HTTP_UPGRADED, REQUEST, allocate, allocate_success,
                   binding_success, channel_data, check, check_success, dtls_data, dtls_hello,
                   http_connect, http_connect_udp, rtp, socks5_accept, socks5_datagram, socks5_hello,
                   socks5_reply, socks5_request, stun)
from ..scene import scene
from ..wire import Connection
from .observed import wireguard
from .srflx import gather

FRAME = 0.02  # seconds between two packets of audio
CONSENT = 5   # and between two checks of a pair in use (RFC 7675)
AWAY = 53     # hops left to a packet that has come a long way


def ends_of(world, near, far):
    return (near, world.port()), (far, world.port())


def talk(world, face, near, far, packets=12, back=True):
    """RTP, both ways or one."""
    start, ssrc = world.draw.randrange(60000), world.draw.randrange(1 << 32)
    for number in range(packets):
        face.udp(near, far, rtp(start + number, ssrc))
        if back:
            face.udp(far, near, rtp(start + number, ssrc ^ 0x5a5a), hops=AWAY)
        world.wait(FRAME)


def checks(world, face, near, far, mapped=None, nominate=False, ufrags=("Lapt", "Peer")):
    """A check of the laptop's, answered if `mapped` says with what, and one of its peer's."""
    txid = world.txid()
    face.udp(near, far, check(txid, *ufrags, nominate=nominate))
    world.wait(FRAME)
    if mapped:
        face.udp(far, near, check_success(txid, (mapped, near[1])), hops=AWAY)
    txid = world.txid()
    face.udp(far, near, check(txid, *reversed(ufrags), controlling=False), hops=AWAY)
    face.udp(near, far, check_success(txid, far))
    world.wait(FRAME)


def granted(world, face):
    """Pages go through an HTTP proxy. Returns the connection."""
    connection = Connection(face, (world.laptop, world.port()), (world.proxy, 3128))
    connection.send(http_connect("app.example", 443))
    if world.fact("the proxy grants"):
        connection.reply(HTTP_CONNECTED)
    world.wait(1)
    return connection


# One finding that grows

@scene("srflx-outside-egress/hit-grows", "--egress {egress}", severity="critical",
       why="gathered, then checked, nominated, kept by consent, and then media: one finding")
def grows(world):
    eth = world.physical()
    gather(world, eth, world.laptop, world.stun, world.isp)
    near, far = ends_of(world, world.laptop, world.peer)
    mapped = world.isp if world.fact("answer") else None
    world.wait(1)
    checks(world, eth, near, far, mapped)
    world.wait(1)
    checks(world, eth, near, far, mapped, nominate=True)
    world.wait(CONSENT)
    checks(world, eth, near, far, mapped)
    eth.udp(near, far, dtls_hello())
    world.wait(0.05)
    if mapped:
        talk(world, eth, near, far)


@scene("srflx-outside-egress/hit-kept-by-consent", "--egress {egress}", severity="critical",
       why="the peer nominates, and the laptop's own checks never do: consent shows the live path")
def kept(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    mapped = world.isp if world.fact("answer") else None
    for _ in range(2):
        txid = world.txid()
        eth.udp(near, far, check(txid, "Lapt", "Peer", controlling=False))
        world.wait(FRAME)
        if mapped:
            eth.udp(far, near, check_success(txid, (mapped, near[1])))
        txid = world.txid()
        eth.udp(far, near, check(txid, "Peer", "Lapt", nominate=True))
        eth.udp(near, far, check_success(txid, far))
        world.wait(CONSENT)


@scene("srflx-outside-egress/hit-restart-outside", severity="critical",
       why="the tunnel fails under a call, whose media goes on outside; then ICE restarts there, and "
       "the address shows: what was found without it is withdrawn for it")
def restart_outside(world):
    eth, tun = world.physical(), world.tunnel()
    near, far = ends_of(world, world.laptop, world.peer)
    checks(world, tun, near, far, world.egress, nominate=True)
    talk(world, tun, near, far)
    world.wait(0.5)
    talk(world, eth, near, far, back=False)
    world.wait(3)
    gather(world, eth, world.laptop, world.stun, world.isp)
    again = world.laptop, world.port()
    mapped = world.isp if world.fact("answer") else None
    checks(world, eth, again, far, mapped, nominate=True, ufrags=("Lap2", "Pee2"))
    talk(world, eth, again, far)


# Around a tunnel

@scene("media-outside-tunnel/hit-kill-switch", severity="critical",
       why="a call inside the tunnel; the tunnel fails, and the same flow goes on outside, one way")
def kill_switch(world):
    eth, tun = world.physical(), world.tunnel()
    near, far = ends_of(world, world.laptop, world.peer)
    if world.fact("the flow is ICE's"):
        checks(world, tun, near, far, world.egress, nominate=True)
    talk(world, tun, near, far, back=False)
    world.wait(1)
    if world.fact("media outside"):
        talk(world, eth, near, far, back=False)


@scene("media-outside-tunnel/hit-sip-phone", "--tunnel {tunnel}", severity="critical",
       why="RTP both ways outside, without ICE")
def sip_phone(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    if world.fact("media goes out"):
        talk(world, eth, near, far, back=world.fact("media comes back"))
    else:
        talk(world, eth, far, near, back=False)


@scene("media-outside-tunnel/hit-one-way", "--tunnel {tunnel}", severity="critical",
       why="a camera sends RTP outside, and nothing comes back: long enough to be no coincidence")
def one_way(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    talk(world, eth, near, far, packets=110 if world.fact("for long") else 40, back=False)
    world.wait(10)
    talk(world, eth, near, far, packets=8, back=False)


@scene("media-outside-tunnel/hit-data-channel", severity="critical",
       why="beside a WireGuard tunnel a DTLS handshake for a call, then data of its channels")
def data_channel(world):
    eth = world.physical()
    wireguard(world, eth, world.laptop, world.vpn)
    near, far = ends_of(world, world.laptop, world.peer)
    call = world.fact("the handshake is a call's")
    eth.udp(near, far, dtls_hello(("webrtc",) if call else (), srtp=call))
    for counter in range(6):
        world.wait(FRAME)
        eth.udp(near, far, dtls_data(counter))
        eth.udp(far, near, dtls_data(counter))


@scene("media-outside-tunnel/hit-ipv6", "--egress {egress}", severity="critical",
       why="a call over IPv6, which the exit declared for IPv4 does not carry: its own address shows")
def over_ipv6(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop6, world.stun6)
    if world.fact("the flow is ICE's"):
        checks(world, eth, near, far, nominate=True)
    talk(world, eth, near, far, back=False)


@scene("media-outside-tunnel/hit-relayed", "--tunnel {tunnel}", severity="critical",
       why="a call through a relay, which is reached outside the tunnel")
def relayed(world):
    eth = world.physical()
    near, far = (world.laptop, world.port()), (world.turn, 3478)
    for number in range(8):
        if world.fact("the laptop sends"):
            eth.udp(near, far, channel_data(0x4001, rtp(number)))
        eth.udp(far, near, channel_data(0x4001, rtp(number, 0x99887766)))
        world.wait(FRAME)


@scene("media-outside-tunnel/miss-inside", "--egress {egress}",
       why="the whole call inside the tunnel; outside there are only the tunnel's packets")
def inside(world):
    eth, tun = world.physical(), world.tunnel()
    wireguard(world, eth, world.laptop, world.vpn)
    near, far = ends_of(world, world.inner, world.peer)
    gather(world, tun, world.inner, world.stun, world.egress)
    checks(world, tun, near, far, world.egress, nominate=True)
    tun.udp(near, far, dtls_hello())
    talk(world, tun, near, far)


@scene("media-outside-tunnel/miss-lan-call", "--tunnel {tunnel} --egress {egress}",
       why="a call between two hosts of the LAN")
def lan_call(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.lan_host)
    checks(world, eth, near, far, world.laptop, nominate=True)
    eth.udp(near, far, dtls_hello())
    talk(world, eth, near, far)


@scene("media-outside-tunnel/miss-nothing-expected",
       why="a call of somebody who uses no tunnel, and declared none")
def nothing_expected(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    checks(world, eth, near, far, nominate=True)
    eth.udp(near, far, dtls_hello())
    talk(world, eth, near, far)


@scene("media-outside-tunnel/miss-router-tunnels", "--egress {egress}",
       why="the router has the VPN: the peer sees its exit, though the packets leave on the LAN")
def router_tunnels(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    gather(world, eth, world.laptop, world.stun, world.egress)
    checks(world, eth, near, far, world.egress, nominate=True)
    eth.udp(near, far, dtls_hello())
    talk(world, eth, near, far)


@scene("media-outside-tunnel/miss-peer-speaks", "--tunnel {tunnel}",
       why="somebody sends RTP and ChannelData to the laptop, which answers nothing")
def peer_speaks(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    talk(world, eth, far, near, packets=120, back=False)
    for number in range(8):
        eth.udp((world.turn, 3478), near, channel_data(0x4001, rtp(number)))
        world.wait(FRAME)


@scene("media-outside-tunnel/miss-vpn-dtls", severity="-",
       why="AnyConnect's own DTLS tunnel, and a sensor's CoAP over DTLS: no media")
def vpn_dtls(world):
    eth = world.physical()
    for server, name in ((world.vpn, ()), (world.web, ("coap",))):
        near, far = (world.laptop, world.port()), (server, 443)
        eth.udp(near, far, dtls_hello(name, srtp=False))
        for counter in range(8):
            world.wait(FRAME)
            eth.udp(near, far, dtls_data(counter))
            eth.udp(far, near, dtls_data(counter))


@scene("media-outside-tunnel/miss-looks-like-rtp", "--tunnel {tunnel}",
       why="a game whose packets begin like RTP, with a counter where RTP has it, for a moment")
def looks_like_rtp(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    for number in range(40):
        eth.udp(near, far, rtp(number, size=30))
        eth.udp(far, near, b"\x42\0" + bytes([number]) * 20)
        world.wait(FRAME)


@scene("media-outside-tunnel/miss-same-nat", "--tunnel {tunnel} --egress {egress}", severity="critical",
       why="a call with somebody behind the same NAT, by its outer address; only STUN is outside")
def same_nat(world):
    eth = world.physical()
    gather(world, eth, world.laptop, world.stun, world.isp)
    near, far = ends_of(world, world.laptop, world.isp)
    checks(world, eth, near, far, nominate=True)
    eth.udp(near, far, dtls_hello())
    talk(world, eth, near, far)


@scene("media-outside-tunnel/miss-other-udp", "--tunnel {tunnel}", severity="low",
       why="BitTorrent (uTP and DHT), NTP and a game outside: the untunnelled traffic's business")
def other_udp(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    for number in range(20):
        for first in (b"\x41\0", b"\x21\0", b"\x01\0"):  # ST_SYN, ST_STATE, ST_DATA
            eth.udp(near, far, first + world.draw.randbytes(18) + bytes(40))
            eth.udp(far, near, first + world.draw.randbytes(18), hops=AWAY)
        eth.udp(near, (world.peer, 6881), b"d1:ad2:id20:" + world.draw.randbytes(20) + b"e1:q4:ping1:t2:aa"
                b"1:y1:qe")
        eth.udp(near, (world.web, 27015), b"\xff\xff\xff\xff\x54Source Engine Query\0")
        eth.udp(near, (world.web, 123), b"\x23" + bytes(39) + world.draw.randbytes(8))
        world.wait(0.1)


# With exclusions

PHONES = """clients:
  - match: {laptop}
    tunnel: {tunnel}
    allow:
      - to: {peer}
        protocol: udp
        why: the phones of the office
"""


@scene("media-outside-tunnel/miss-excluded", "--min-severity info", policy=PHONES,
       why="a call that the policy lets go around the tunnel")
def excluded(world):
    near, far = ends_of(world, world.laptop, world.peer)
    talk(world, world.physical(), near, far)


@scene("media-outside-tunnel/hit-beyond-exclusion", policy=PHONES, severity="critical",
       why="a call that the policy lets go around the tunnel, and one that it does not")
def beyond_exclusion(world):
    eth = world.physical()
    near, far = ends_of(world, world.laptop, world.peer)
    talk(world, eth, near, far)
    near, far = ends_of(world, world.laptop, world.web)
    if world.fact("a call with somebody else"):
        talk(world, eth, near, far)


# Beside proxies

@scene("media-outside-tunnel/hit-beside-http-proxy", severity="critical",
       why="pages go through an HTTP proxy, a call's media does not")
def beside_http_proxy(world):
    eth = world.physical()
    granted(world, eth)
    near, far = ends_of(world, world.laptop, world.peer)
    checks(world, eth, near, far)
    talk(world, eth, near, far)


def associated(world, face):
    """SOCKS 5 with UDP ASSOCIATE. Returns where the proxy takes datagrams."""
    connection = Connection(face, (world.laptop, world.port()), (world.proxy, 1080))
    relay = world.proxy, world.port()
    connection.send(socks5_hello())
    connection.reply(socks5_accept())
    connection.send(socks5_request(3, ("0.0.0.0", 0)))
    if world.fact("the proxy grants"):
        connection.reply(socks5_reply(relay))
    world.wait(0.1)
    return relay


@scene("media-outside-tunnel/hit-beside-socks-udp", severity="critical",
       why="SOCKS with UDP ASSOCIATE would carry the media, but it goes straight")
def beside_socks_udp(world):
    eth = world.physical()
    associated(world, eth)
    near, far = ends_of(world, world.laptop, world.peer)
    talk(world, eth, near, far)


@scene("media-outside-tunnel/miss-through-socks-udp",
       why="gathering and media, all of it through UDP ASSOCIATE")
def through_socks_udp(world):
    eth = world.physical()
    relay, near, txid = associated(world, eth), (world.laptop, world.port()), world.txid()
    stun_server, far = (world.stun, 3478), (world.peer, world.port())
    eth.udp(near, relay, socks5_datagram(stun_server, stun(BINDING, REQUEST, txid)))
    world.wait(FRAME)
    mapped = binding_success(txid, (world.proxy, near[1]))
    eth.udp(relay, near, socks5_datagram(stun_server, mapped))
    txid = world.txid()
    eth.udp(near, relay, socks5_datagram(far, check(txid, "Lapt", "Peer", nominate=True)))
    world.wait(FRAME)
    eth.udp(relay, near, socks5_datagram(far, check_success(txid, (world.proxy, near[1]))))
    eth.udp(near, relay, socks5_datagram(far, dtls_hello()))
    for number in range(12):
        eth.udp(near, relay, socks5_datagram(far, rtp(number)))
        eth.udp(relay, near, socks5_datagram(far, rtp(number, 0x77)))
        world.wait(FRAME)


@scene("media-outside-tunnel/miss-turn-through-proxy", "--proxy {proxy}:3128",
       why="only proxied UDP is allowed: TURN over TCP, in a CONNECT of the proxy")
def turn_through_proxy(world):
    eth = world.physical()
    connection = Connection(eth, (world.laptop, world.port()), (world.proxy, 3128))
    connection.send(http_connect(world.turn, 3478))
    connection.reply(HTTP_CONNECTED)
    txid = world.txid()
    connection.send(allocate(txid))
    connection.reply(allocate_success(txid, (world.proxy, 40000), (world.turn, 50000)))
    for number in range(8):
        connection.send(channel_data(0x4001, rtp(number)))
        connection.reply(channel_data(0x4001, rtp(number, 0x77)))


@scene("media-outside-tunnel/miss-connect-udp",
       why="CONNECT-UDP (MASQUE): datagrams in the proxy's own connection are no leak")
def connect_udp(world):
    eth = world.physical()
    connection = Connection(eth, (world.laptop, world.port()), (world.proxy, 80))
    far = world.peer, world.port()
    connection.send(http_connect_udp(world.proxy, far))
    connection.reply(HTTP_UPGRADED)
    for number in range(8):
        for send, ssrc in ((connection.send, 1), (connection.reply, 2)):
            data = b"\0" + rtp(number, ssrc, size=40)
            send(b"\0" + bytes([len(data)]) + data)


@scene("media-outside-tunnel/hit-beside-connect-udp", severity="critical",
       why="CONNECT-UDP (MASQUE) is in use, and yet media goes straight")
def beside_connect_udp(world):
    eth = world.physical()
    connection = Connection(eth, (world.laptop, world.port()), (world.proxy, 80))
    connection.send(http_connect_udp(world.proxy, (world.stun, 3478)))
    if world.fact("the proxy grants"):
        connection.reply(HTTP_UPGRADED)
    near, far = ends_of(world, world.laptop, world.peer)
    talk(world, eth, near, far)
