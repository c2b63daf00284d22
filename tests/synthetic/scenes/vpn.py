"""A tunnel and what goes around it: beside it, before it, while it is down, as IPv6."""
from ..say import (BINDING, REQUEST, arp, check, dhcp, dns_answer, dns_query, http_answer,
                   prefix_information, router_advertisement, rtp, stun, tls_hello, wireguard_data,
                   wireguard_init, wireguard_response)
from ..scene import scene
from ..wire import ACK, FIN, ICMPV6, SYN, UDP, Connection, icmpv6, ip, udp
from .observed import WIREGUARD_PORT

LAPTOP_MAC = "00:00:5e:00:53:aa"


def laptop(world):
    """Its link, with one hardware address for all of its addresses."""
    eth = world.physical()
    eth.macs = {world.laptop: LAPTOP_MAC, world.laptop6: LAPTOP_MAC}
    return eth


class Tunnel:
    """WireGuard between near and far, as it shows on `face`, and inside it if there is `inner`."""

    def __init__(self, world, face, near, far, inner=None):
        self.world, self.face, self.inner = world, face, inner
        self.ends = (near, world.port()), (far, WIREGUARD_PORT)
        self.counter = 0

    def asks(self):
        self.face.udp(*self.ends, wireguard_init())

    def answers(self):
        self.face.udp(*reversed(self.ends), wireguard_response())

    def dials(self):
        self.asks()
        self.world.wait(0.03)
        self.answers()
        self.world.wait(0.01)

    def carries(self, packets=6, back=True):
        """That many each way; inside they are a conversation of their own."""
        talk = (self.world.inner, self.world.port()), (self.world.web, 443)
        for _ in range(packets):
            self.counter += 1
            if self.inner:
                self.inner.udp(*talk, b"q" * 40)
            self.face.udp(*self.ends, wireguard_data(self.counter))
            self.world.wait(0.05)
            if not back:
                continue
            self.face.udp(*reversed(self.ends), wireguard_data(self.counter, 0x11111111))
            if self.inner:
                self.inner.udp(*reversed(talk), b"a" * 40)
            self.world.wait(0.05)


def visible(world, eth):
    """A laptop with both its interfaces in the capture, and its tunnel up."""
    tunnel = Tunnel(world, eth, world.laptop, world.vpn, world.tunnel())
    tunnel.dials()
    tunnel.carries()
    return tunnel


def page(world, face, source, server, port=443, exchanges=1):
    """A TLS conversation, as far as its outside goes."""
    talk = Connection(face, (source, world.port()), (server, port))
    talk.send(tls_hello("www.example"))
    talk.reply(b"\x16\x03\x03\0\x50" + b"\2" * 80)
    for _ in range(exchanges):
        talk.send(b"\x17\x03\x03\0\x40" + b"\3" * 64)
        talk.reply(b"\x17\x03\x03\0\xc0" + b"\4" * 192)
        world.wait(0.2)
    return talk


def lookup(world, face, source, name, addresses=()):
    ends = (source, world.port()), (world.isp_resolver, 53)
    number = world.draw.randrange(1, 65535)
    face.udp(*ends, dns_query(number, name))
    world.wait(0.02)
    face.udp(*reversed(ends), dns_answer(number, name, list(addresses)))
    world.wait(0.02)


def clock(world, face, source):
    ends = (source, world.port()), (world.web, 123)
    face.udp(*ends, b"\x23" + b"\0" * 47)
    world.wait(0.02)
    face.udp(*reversed(ends), b"\x24" + b"\0" * 47)


def portal(world, face, source):
    """What Android asks on each network."""
    talk = Connection(face, (source, world.port()), (world.web, 80))
    talk.send(b"GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n")
    talk.reply(http_answer("text/plain", b"", "204 No Content"))
    talk.close()


def lease(world, face):
    """The link came up: the router's ACK (the client's question was a broadcast before)."""
    options = ((54, bytes(int(n) for n in world.gateway.split("."))), (51, b"\0\1\x51\x80"))
    face.udp((world.gateway, 67), (world.laptop, 68),
             dhcp(5, LAPTOP_MAC, world.laptop, options))


# untunnelled-traffic

@scene("untunnelled-traffic/hit-beside-visible", severity="medium",
       why="the tunnel's interface is in the capture; one page goes beside it")
def beside_visible(world):
    eth = laptop(world)
    tunnel = visible(world, eth) if world.fact("the tunnel") else None
    world.wait(1)
    if world.fact("it goes to the Internet"):
        page(world, eth, world.laptop, world.web)
    else:
        page(world, eth, world.laptop, world.lan_host)
    world.wait(3)
    if tunnel:
        tunnel.carries(1)


@scene("untunnelled-traffic/hit-declared", "--tunnel {vpn}:51820", severity="medium",
       why="the physical side alone, with the tunnel's far end declared")
def beside_declared(world):
    eth = laptop(world)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.carries()
    server = world.web if world.fact("another server than the tunnel's") else world.vpn
    page(world, eth, world.laptop, server)
    world.wait(2)
    tunnel.carries(2)


@scene("untunnelled-traffic/hit-observed", severity="medium",
       why="nothing declared; nearly all goes through a tunnel seen from outside, one datagram not")
def beside_observed(world):
    eth = laptop(world)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.dials()
    tunnel.carries(30, world.fact("the tunnel carries something back"))
    if world.fact("something beside it"):
        eth.udp((world.laptop, world.port()), (world.web, 9999), b"telemetry" * 4)
    world.wait(2)
    tunnel.carries(2)


@scene("untunnelled-traffic/miss-split",
       why="a tunnel seen from outside, and as much beside it: split tunnelling on purpose")
def split(world):
    eth = laptop(world)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.dials()
    tunnel.carries(10)
    for _ in range(3):
        page(world, eth, world.laptop, world.web, exchanges=2)
    tunnel.carries(4)


@scene("untunnelled-traffic/miss-upkeep",
       why="beside a visible tunnel: DHCP, time, the LAN, multicast, ARP, a captive-portal check")
def upkeep(world):
    eth = laptop(world)
    visible(world, eth)
    lease(world, eth)
    clock(world, eth, world.laptop)
    page(world, eth, world.laptop, world.lan_host, 445)
    eth.udp((world.laptop, 5353), ("224.0.0.251", 5353), dns_query(0, "_ipp._tcp.local", 12))
    eth.udp((world.laptop, 1900), ("239.255.255.250", 1900), b"M-SEARCH * HTTP/1.1\r\n\r\n")
    eth.frame(bytes.fromhex("ffffffffffff" + LAPTOP_MAC.replace(":", "") + "0806") +
              arp(1, LAPTOP_MAC, world.laptop, "00:00:00:00:00:00", world.gateway))
    portal(world, eth, world.laptop)
    world.wait(3)


@scene("untunnelled-traffic/miss-neighbour",
       why="the laptop's tunnel is visible; the pages are another host's")
def neighbour(world):
    eth = laptop(world)
    visible(world, eth)
    page(world, eth, world.lan_host, world.web)
    page(world, eth, world.lan_host, world.stun)
    world.wait(3)


@scene("untunnelled-traffic/miss-carrier",
       why="a tunnel in TLS, as no dissector knows it: what is outside is the tunnel itself")
def carrier(world):
    eth, tun = laptop(world), world.tunnel()
    outer = page(world, eth, world.laptop, world.vpn)
    talk = (world.inner, world.port()), (world.web, 443)
    for _ in range(8):
        tun.udp(*talk, b"q" * 40)
        outer.send(b"\x17\x03\x03\0\x80" + b"\5" * 128)
        outer.reply(b"\x17\x03\x03\0\x80" + b"\6" * 128)
        tun.udp(*reversed(talk), b"a" * 40)
        world.wait(0.4)


@scene("untunnelled-traffic/miss-answers",
       why="a visible tunnel; strangers knock from outside, and are answered or refused")
def answers(world):
    eth = laptop(world)
    visible(world, eth)
    Connection(eth, (world.peer, world.port()), (world.laptop, 22)).reply(b"SSH-2.0-x\r\n")
    knock = (world.peer, world.port()), (world.laptop, 9)
    eth.udp(*knock, b"x")
    eth.packet(world.laptop, world.peer, 1, b"\3\3\xfc\xfc\0\0\0\0" +
               ip(world.peer, world.laptop, UDP, udp(*knock, b"x"))[:28])
    world.wait(3)


@scene("untunnelled-traffic/miss-tunnels-host",
       "--tunnel {vpn}:51820", why="only the tunnel's own packets, and its handshakes again")
def only_tunnel(world):
    eth = laptop(world)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.dials()
    tunnel.carries()
    world.wait(125)
    tunnel.dials()
    tunnel.carries()


# connectivity-check

@scene("connectivity-check/hit-portal", "--min-severity info", severity="info",
       why="a visible tunnel; Android's connectivity check goes beside it")
def portal_check(world):
    eth = laptop(world)
    tunnel = visible(world, eth) if world.fact("the tunnel") else None
    if world.fact("the name"):
        portal(world, eth, world.laptop)
    world.wait(3)
    if tunnel:
        tunnel.carries(1)


@scene("connectivity-check/miss-no-tunnel", "--min-severity info",
       why="the same without a tunnel")
def portal_without(world):
    portal(world, laptop(world), world.laptop)
    world.wait(3)


# ipv6-beside-tunnel

@scene("ipv6-beside-tunnel/hit-visible", severity="critical",
       why="the tunnel carries IPv4; a page is fetched over native IPv6 around it")
def ipv6_visible(world):
    eth = laptop(world)
    tunnel = visible(world, eth) if world.fact("the tunnel") else None
    if world.fact("a global destination"):
        page(world, eth, world.laptop6, world.web6)
    else:
        page(world, eth, "fe80::aa", "fe80::1")
    world.wait(3)
    if tunnel:
        tunnel.carries(1)


@scene("ipv6-beside-tunnel/hit-joined", severity="high",
       why="the physical side alone: the IPv6 address has the hardware address of the tunnel's host")
def ipv6_joined(world):
    eth = laptop(world)
    if not world.fact("one hardware address"):
        eth.macs[world.laptop6] = "00:00:5e:00:53:bb"
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.dials()
    back = world.fact("the tunnel carries something back")
    tunnel.carries(80, back)
    page(world, eth, world.laptop6, world.web6)
    world.wait(2)
    tunnel.carries(4, back)


@scene("ipv6-beside-tunnel/miss-inside", why="IPv6 goes through the tunnel, as IPv4 does")
def ipv6_inside(world):
    eth = laptop(world)
    tunnel = visible(world, eth)
    page(world, tunnel.inner, "fd08::2", world.web6)
    tunnel.carries()


@scene("ipv6-beside-tunnel/miss-outer", why="the tunnel's far end is reached by IPv6")
def ipv6_outer(world):
    eth = laptop(world)
    tunnel = Tunnel(world, eth, world.laptop6, world.web6, world.tunnel())
    tunnel.dials()
    tunnel.carries(20)


@scene("ipv6-beside-tunnel/miss-link",
       why="a visible tunnel; routers and neighbours, multicast listeners and DHCPv6 on the link")
def ipv6_link(world):
    eth = laptop(world)
    visible(world, eth)
    advertised = router_advertisement(options=prefix_information("2001:db8:77::", 64))
    eth.packet("fe80::1", "ff02::1", ICMPV6, icmpv6("fe80::1", "ff02::1", 134, advertised),
               hops=255)
    target = bytes.fromhex("20010db8007700000000000000000001")
    eth.packet(world.laptop6, "ff02::1:ff00:1", ICMPV6,
               icmpv6(world.laptop6, "ff02::1:ff00:1", 135, b"\0" * 4 + target), hops=255)
    eth.packet("fe80::aa", "ff02::16", ICMPV6,
               icmpv6("fe80::aa", "ff02::16", 143, b"\0\0\0\0"), hops=1)
    eth.udp(("fe80::aa", 546), ("ff02::1:2", 547), b"\1\0\0\1\0\1\0\4\0\0\0\0")
    world.wait(3)


# kill-switch-window

@scene("kill-switch-window/hit-unanswered", severity="critical",
       why="the far end is gone, handshakes stay unanswered, a page is fetched in clear; it is back")
def unanswered(world):
    eth = laptop(world)
    tunnel = visible(world, eth)
    world.wait(20)
    tunnel.asks()
    world.wait(5)
    if not world.fact("handshakes stay unanswered"):
        tunnel.answers()
        tunnel.carries(2)
    tunnel.asks()
    if world.fact("something goes out in clear"):
        lookup(world, eth, world.laptop, "www.example", [world.web])
        page(world, eth, world.laptop, world.web)
    world.wait(5.5)
    tunnel.dials()
    tunnel.carries()


@scene("kill-switch-window/hit-same-conversation", severity="critical",
       why="the tunnel is lost without a word; a call goes on outside from the same port")
def same_conversation(world):
    eth = laptop(world)
    tunnel = visible(world, eth)
    port, peer = world.port(), (world.peer, world.port())
    if world.fact("it was inside before"):
        for sequence in range(20):
            tunnel.inner.udp((world.inner, port), peer, rtp(sequence))
            tunnel.face.udp(*tunnel.ends, wireguard_data(100 + sequence))
            world.wait(0.02)
    if world.fact("it goes on outside"):
        for sequence in range(20, 80):
            eth.udp((world.laptop, port), peer, rtp(sequence))
            world.wait(0.04)


@scene("kill-switch-window/miss-idle", why="an idle WireGuard says nothing, then takes new keys")
def idle(world):
    eth = laptop(world)
    tunnel = visible(world, eth)
    world.wait(200)
    tunnel.dials()
    tunnel.carries()


@scene("kill-switch-window/miss-works",
       why="handshakes stay unanswered for a while, and nothing else leaves: the kill switch works")
def works(world):
    eth = laptop(world)
    tunnel = visible(world, eth)
    for _ in range(5):
        world.wait(5)
        tunnel.asks()
    clock(world, eth, world.laptop)
    world.wait(5)
    tunnel.dials()
    tunnel.carries()


@scene("kill-switch-window/miss-roaming",
       why="the tunnel goes on from another interface of the laptop: it roams, all stays inside")
def roaming(world):
    eth, mobile = laptop(world), world.scene.interface("wwan0")
    tunnel = visible(world, eth)
    world.wait(2)
    tunnel.face, tunnel.ends = mobile, (("10.199.3.4", world.port()), tunnel.ends[1])
    tunnel.carries()


# start-up-window

@scene("start-up-window/hit-declared", "--tunnel {vpn}:51820", severity="high",
       why="with the tunnel declared, a page is fetched before it is up")
def before_declared(world):
    eth = laptop(world)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    if world.fact("something before it"):
        page(world, eth, world.laptop, world.web)
    world.wait(3)
    tunnel.dials()
    tunnel.carries()


@scene("start-up-window/hit-link-up", severity="high",
       why="nothing declared: the link comes up, two servers are spoken to, then all goes inside")
def before_link(world):
    eth = laptop(world)
    if world.fact("the link comes up"):
        lease(world, eth)
    world.wait(1)
    page(world, eth, world.laptop, world.web)
    if world.fact("several destinations"):
        page(world, eth, world.laptop, world.stun)
    world.wait(5)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.dials()
    tunnel.carries(20, world.fact("the tunnel carries something back"))


@scene("start-up-window/miss-needs", "--tunnel {vpn}:51820",
       why="before the tunnel: the link, the time, a captive-portal check, the name of the VPN host")
def needs(world):
    eth = laptop(world)
    lease(world, eth)
    clock(world, eth, world.laptop)
    portal(world, eth, world.laptop)
    world.wait(2)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.dials()
    tunnel.carries()


@scene("start-up-window/miss-turned-on",
       why="nothing declared: pages for minutes, then the user turns the VPN on")
def turned_on(world):
    eth = laptop(world)
    for _ in range(3):
        page(world, eth, world.laptop, world.web).close()
        world.wait(70)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn)
    tunnel.dials()
    tunnel.carries(20)


# flow-older-than-tunnel

def download(world, talk, seconds):
    for _ in range(seconds * 2):
        talk.send(b"\x17\x03\x03\0\x10" + b"\7" * 16)
        talk.reply(b"\x17\x03\x03\0\x80" + b"\x08" * 128)
        world.wait(0.5)


@scene("flow-older-than-tunnel/hit-download", severity="high",
       why="a download that began before the tunnel goes on outside while that is up")
def older_download(world):
    eth = laptop(world)
    talk = page(world, eth, world.laptop, world.web) if world.fact("it began before") else None
    world.wait(1)
    tunnel = visible(world, eth) if world.fact("the tunnel") else None
    talk = talk or page(world, eth, world.laptop, world.web)
    download(world, talk, 6 if world.fact("it goes on") else 1)
    if tunnel:
        tunnel.carries(2)


@scene("flow-older-than-tunnel/miss-goodbye",
       why="a connection that is older than the tunnel says goodbye after it came up")
def goodbye(world):
    eth = laptop(world)
    talk = page(world, eth, world.laptop, world.web)
    world.wait(1)
    visible(world, eth)
    world.wait(6)
    talk.flags(True, FIN | ACK)
    talk.flags(False, FIN | ACK)
    world.wait(2)


@scene("flow-older-than-tunnel/miss-mid-capture",
       why="the capture begins while the tunnel is up: its own conversation is older, and no leak")
def mid_capture(world):
    eth = laptop(world)
    tunnel = Tunnel(world, eth, world.laptop, world.vpn, world.tunnel())
    tunnel.carries(40)


# wrong-egress

def gateway(world):
    """Both sides of a gateway: where the LAN's packets come in, and where they leave."""
    return world.scene.interface("lan0"), world.scene.interface("wan0")


@scene("wrong-egress/hit-stun", "--tunnel {vpn}:51820", severity="critical",
       why="a client of the gateway's tunnel: its STUN request is seen in the LAN and on the WAN")
def crossed_stun(world):
    lan, wan = gateway(world)
    request = stun(BINDING, REQUEST, world.txid())
    if world.fact("it is the LAN host's"):
        lan.udp((world.lan_host, world.port()), (world.stun, 3478), request)
    world.wait(0.001)
    if world.fact("it is seen on the WAN"):
        wan.udp((world.isp, world.port()), (world.stun, 3478), request, hops=63)


@scene("wrong-egress/hit-page", "--tunnel {vpn}:51820", severity="critical",
       why="a client of the gateway's tunnel: its connection leaves the WAN from the same port")
def crossed_page(world):
    lan, wan = gateway(world)
    port = world.port()
    ends = (world.lan_host, port), (world.web, 443)
    lan.tcp(*ends, 1000, 0, SYN)
    world.wait(0.001)
    outside = (world.isp, port if world.fact("the same port") else port + 1), (world.web, 443)
    if world.fact("it is seen on the WAN"):
        wan.tcp(*outside, 1000, 0, SYN, hops=63)
        world.wait(0.02)
        wan.tcp(*reversed(outside), 5000, 1001, SYN | ACK)
        lan.tcp(*reversed(ends), 5000, 1001, SYN | ACK, hops=57)


@scene("wrong-egress/miss-tunnelled", "--tunnel {vpn}:51820",
       why="the client's STUN in the LAN, only the tunnel's packets on the WAN")
def tunnelled(world):
    lan, wan = gateway(world)
    tunnel = Tunnel(world, wan, world.isp, world.vpn)
    tunnel.dials()
    tunnel.carries(2)
    lan.udp((world.lan_host, world.port()), (world.stun, 3478),
            stun(BINDING, REQUEST, world.txid()))
    tunnel.carries(4)


@scene("wrong-egress/miss-gateways-own", "--tunnel {vpn}:51820 --client {lan_host}",
       why="the LAN host asks a STUN server, the gateway asks it for itself, too")
def gateways_own(world):
    lan, wan = gateway(world)
    lan.udp((world.lan_host, world.port()), (world.stun, 3478),
            stun(BINDING, REQUEST, world.txid()))
    world.wait(0.3)
    wan.udp((world.isp, world.port()), (world.stun, 3478), stun(BINDING, REQUEST, world.txid()))


@scene("wrong-egress/miss-undeclared", why="nothing says that the gateway should use a tunnel")
def undeclared(world):
    lan, wan = gateway(world)
    request = stun(BINDING, REQUEST, world.txid())
    lan.udp((world.lan_host, world.port()), (world.stun, 3478), request)
    world.wait(0.001)
    wan.udp((world.isp, world.port()), (world.stun, 3478), request, hops=63)


# session-on-two-interfaces

MOBILE = "10.199.3.4"


def checks(world, face, source, ufrag, peer_ufrag):
    face.udp((source, world.port()), (world.peer, 40000), check(world.txid(), ufrag, peer_ufrag))


@scene("session-on-two-interfaces/hit-cellular", severity="high",
       why="a call checks its peer through the tunnel and, with the same fragments, on cellular")
def cellular(world):
    eth, mobile = laptop(world), world.scene.interface("wwan0")
    tunnel = visible(world, eth)
    ufrag, peer = world.word(4), world.word(4)
    checks(world, tunnel.inner, world.inner, ufrag, peer)
    world.wait(0.05)
    if not world.fact("the same fragments"):
        ufrag = world.word(4)
    if world.fact("a link outside"):
        checks(world, mobile, MOBILE, ufrag, peer)
    else:
        checks(world, tunnel.inner, world.inner, ufrag, peer)
    world.wait(2)
    tunnel.carries(1)


@scene("session-on-two-interfaces/miss-hand-over",
       why="the tunnel moves from Wi-Fi to cellular; the call stays inside")
def hand_over(world):
    eth, mobile = laptop(world), world.scene.interface("wwan0")
    tunnel = visible(world, eth)
    ufrag, peer = world.word(4), world.word(4)
    checks(world, tunnel.inner, world.inner, ufrag, peer)
    tunnel.face, tunnel.ends = mobile, ((MOBILE, world.port()), tunnel.ends[1])
    tunnel.carries(2)
    checks(world, tunnel.inner, world.inner, ufrag, peer)
    tunnel.carries(2)


@scene("session-on-two-interfaces/miss-no-tunnel", "--min-severity low",
       why="a call on Wi-Fi and cellular of somebody who uses no tunnel")
def two_links(world):
    eth, mobile = laptop(world), world.scene.interface("wwan0")
    ufrag, peer = world.word(4), world.word(4)
    checks(world, eth, world.laptop, ufrag, peer)
    checks(world, mobile, MOBILE, ufrag, peer)
