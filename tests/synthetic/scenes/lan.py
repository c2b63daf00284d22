"""What a local network tells a client in a tunnel: leases with routes, public addresses of its own,
routers that come and go. And what goes to the tunnel's far end, or into another tunnel, beside it."""
import ipaddress
import struct

from ..say import (arp, binding_success, classless_routes, dhcp, http_answer, prefix_information,
                   route_information, router_advertisement, stun, tls_hello, BINDING, REQUEST)
from ..scene import scene
from ..wire import ICMP, ICMPV6, SYN, Connection, icmpv6, ip, packed, udp
from .observed import WIREGUARD_PORT, wireguard, wireguard_goes_on

GET = b"GET / HTTP/1.1\r\nHost: www.example\r\n\r\n"
LAPTOP_MAC, SECOND_MAC, THIRD_MAC = "00:00:5e:00:53:aa", "00:00:5e:00:53:02", "00:00:5e:00:53:03"
EVERYBODY, BROADCAST = "ff02::1", "ff:ff:ff:ff:ff:ff"
ALL_NODES_MAC = "33:33:00:00:00:01"
LINK_ADDRESS = "fe80::5eff:fe00:53{:02x}"
HALVES = ("0.0.0.0", 1), ("128.0.0.0", 1)


def home(world):
    """The laptop's link, where its packets have its hardware address whatever their source is."""
    face = world.physical()
    plain = face.mac
    face.mac = lambda address: LAPTOP_MAC if address in (
        world.laptop, world.laptop6, world.isp) else plain(address)
    return face


def lease(world, face, yours, mask="255.255.255.0", routes=(), more=()):
    """An ACK, with the routes in option 121."""
    options = [(54, packed(world.gateway)), (51, struct.pack(">I", 3600)), (1, packed(mask)),
               (3, packed(world.gateway)), (6, packed(world.gateway))]
    if routes:
        options.append((121, classless_routes(*((*to, world.gateway) for to in routes))))
    face.udp((world.gateway, 67), (yours, 68),
             dhcp(5, LAPTOP_MAC, yours, (*options, *more)), macs=(face.router, LAPTOP_MAC))
    world.wait(0.5)


def tunnel(world, face, near=None, packets=12, needed=True):
    wireguard(world, face, near or world.laptop, world.vpn, packets, needed=needed)
    world.wait(1)


def browse(world, face, near, far, port=80):
    connection = Connection(face, (near, world.port()), (far, port))
    connection.send(GET)
    connection.reply(http_answer("text/plain", b"hello"))
    connection.close()
    world.wait(1)


def network_of(address, bits=24):
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False).network_address)


def beside(world, address):
    """Another address of the same /24 that nobody else has."""
    base = address.rpartition(".")[0]
    return next(a for a in (f"{base}.{last}" for last in range(60, 250))
                if a not in world.at.values())


# DHCP routes

@scene("tunnelvision/hit-two-halves", severity="critical",
       why="a lease with 0.0.0.0/1 and 128.0.0.0/1, WireGuard comes up, a page is loaded past it")
def two_halves(world):
    eth = home(world)
    lease(world, eth, world.laptop, routes=HALVES if world.fact("the routes") else ())
    tunnel(world, eth)
    browse(world, eth, world.laptop, world.web)


@scene("tunnelvision/hit-laptop", severity="critical",
       why="a laptop's two interfaces: a renewed lease takes a page out of the tunnel")
def laptop(world):
    eth = home(world)
    if world.fact("the tunnel's interface"):
        browse(world, world.tunnel(), world.inner, world.web)
    lease(world, eth, world.laptop, routes=HALVES if world.fact("the routes") else ())
    browse(world, eth, world.laptop, world.web)


@scene("tunnelvision/hit-lease-alone", "--tunnel {vpn}:51820", severity="high",
       why="the same lease, and nothing has followed it yet")
def lease_alone(world):
    lease(world, home(world), world.laptop, routes=HALVES if world.fact("the routes") else ())


@scene("tunnelvision/hit-option-249", "--tunnel {tunnel}", severity="critical",
       why="one host is led past the tunnel, by Microsoft's number of the option")
def option_249(world):
    eth = home(world)
    route = classless_routes((world.web, 32, world.gateway))
    lease(world, eth, world.laptop, more=((249, route),) if world.fact("the route") else ())
    browse(world, eth, world.laptop, world.web)


@scene("tunnelvision/miss-private-routes", why="a company's routes, and multicast for television")
def private_routes(world):
    eth = home(world)
    lease(world, eth, world.laptop, routes=(("10.0.0.0", 8), ("172.16.0.0", 12), ("224.0.0.0", 4)))
    tunnel(world, eth)
    browse(world, eth, world.laptop, world.lan_host)


@scene("tunnelvision/miss-default-route", "--tunnel {vpn}:51820",
       why="option 121 says again what option 3 does (RFC 3442): a default route")
def default_route(world):
    eth = home(world)
    lease(world, eth, world.laptop, routes=(("0.0.0.0", 0),))
    tunnel(world, eth)


@scene("tunnelvision/miss-route-to-far-end", "--tunnel {vpn}:51820",
       why="a host route to the tunnel's own far end, which it needs")
def route_to_far_end(world):
    eth = home(world)
    lease(world, eth, world.laptop, routes=((world.vpn, 32),))
    tunnel(world, eth)


@scene("tunnelvision/miss-no-tunnel", why="nobody expects anything: an odd lease, no leak")
def no_tunnel(world):
    eth = home(world)
    lease(world, eth, world.laptop, routes=HALVES)
    browse(world, eth, world.laptop, world.web)


@scene("tunnelvision/miss-lease-replaced",
       why="the routes were taken back by the next lease before the tunnel came up")
def lease_replaced(world):
    eth = home(world)
    lease(world, eth, world.laptop, routes=HALVES)
    lease(world, eth, world.laptop)
    tunnel(world, eth)


# Public addresses on the link

@scene("tunnelcrack-localnet/hit-public-lease", severity="critical",
       why="the lease is of a public network; the laptop speaks to a neighbour of it in clear")
def public_lease(world):
    eth = home(world)
    public = world.fact("the public lease")
    lease(world, eth, world.isp if public else world.laptop)
    tunnel(world, eth, world.isp if public else world.laptop)
    browse(world, eth, world.isp if public else world.laptop, beside(world, world.isp))


@scene("tunnelcrack-localnet/hit-arp", severity="critical",
       why="no lease was seen, but the laptop looks for a public address on its link")
def arp_for_public(world):
    eth = home(world)
    tunnel(world, eth)
    if world.fact("the laptop asks its neighbours"):
        ask = arp(1, LAPTOP_MAC, world.laptop, "00:00:00:00:00:00", world.web)
        eth.frame(bytes.fromhex((BROADCAST + LAPTOP_MAC).replace(":", "")) + b"\x08\x06" + ask)
    browse(world, eth, world.laptop, world.web)


@scene("tunnelcrack-localnet/hit-on-link-prefix", severity="critical",
       why="a router calls a /32 of IPv6 on-link, and the laptop believes it")
def on_link_prefix(world):
    eth = home(world)
    bits = 32 if world.fact("the prefix is wide") else 64
    advertise(world, eth, options=prefix_information(network_of(world.web6, bits), bits))
    tunnel(world, eth)
    host = world.web6 if bits == 32 else world.web6[:-1] + "f"
    browse(world, eth, world.laptop6, host)


@scene("tunnelcrack-localnet/hit-campus", severity="low",
       why="a campus: the world sees the laptop at the public address that it was leased")
def campus(world):
    eth = home(world)
    near, to, txid = (world.isp, world.port()), (world.stun, 3478), world.txid()
    lease(world, eth, world.isp)
    eth.udp(near, to, stun(BINDING, REQUEST, txid))
    eth.udp(to, near, binding_success(txid, near))
    tunnel(world, eth, world.isp)
    if world.fact("a neighbour"):
        browse(world, eth, world.isp, beside(world, world.isp))


@scene("tunnelcrack-localnet/miss-no-tunnel", why="a public LAN, and no tunnel")
def public_without_tunnel(world):
    eth = home(world)
    lease(world, eth, world.isp)
    browse(world, eth, world.isp, beside(world, world.isp))


@scene("tunnelcrack-localnet/miss-private-lan", why="a tunnel, and a printer in the LAN")
def private_lan(world):
    eth = home(world)
    lease(world, eth, world.laptop)
    tunnel(world, eth)
    browse(world, eth, world.laptop, world.lan_host)


@scene("tunnelcrack-localnet/miss-far-end-on-link", "--tunnel {tunnel}",
       why="the VPN's own server is in the same public network, and was not declared")
def far_end_on_link(world):
    eth = home(world)
    world.at["vpn"] = beside(world, world.isp)
    lease(world, eth, world.isp)
    tunnel(world, eth, world.isp)


@scene("tunnelcrack-localnet/miss-broadcast", why="renewals and broadcasts in a public network")
def broadcast(world):
    eth = home(world)
    lease(world, eth, world.isp)
    tunnel(world, eth, world.isp)
    eth.udp((world.isp, 5353), (world.isp.rpartition(".")[0] + ".255", 5353), b"\0" * 12,
            macs=(eth.mac(world.isp), "ff:ff:ff:ff:ff:ff"))
    eth.udp((world.isp, 68), (beside(world, world.isp), 67), dhcp(3, LAPTOP_MAC))


# The far end's address

@scene("tunnelcrack-serverip/hit-http", severity="critical",
       why="a page in clear from the address where WireGuard ends")
def http_to_far_end(world):
    eth = home(world)
    tunnel(world, eth)
    browse(world, eth, world.laptop, world.vpn if world.fact("the same address") else world.web)


@scene("tunnelcrack-serverip/hit-stun-declared", "--tunnel {vpn}:51820", severity="critical",
       why="a declared far end, and UDP to another port of it")
def udp_to_far_end(world):
    eth = home(world)
    tunnel(world, eth, needed=False)
    if world.fact("the datagram"):
        eth.udp((world.laptop, world.port()), (world.vpn, 9000), b"not a tunnel's")


@scene("tunnelcrack-serverip/hit-tls", severity="low",
       why="TLS to the address where WireGuard ends: perhaps the provider's own service")
def tls_to_far_end(world):
    eth = home(world)
    tunnel(world, eth)
    where = world.vpn if world.fact("the same address") else world.web
    connection = Connection(eth, (world.laptop, world.port()), (where, 443))
    connection.send(tls_hello("api.vpn.example"))
    world.wait(1)


@scene("tunnelcrack-serverip/miss-port-moves", why="the server's port changes, as some VPNs do")
def port_moves(world):
    eth = home(world)
    tunnel(world, eth)
    wireguard(world, eth, world.laptop, world.vpn, port=WIREGUARD_PORT + 7)


@scene("tunnelcrack-serverip/miss-login-before",
       why="the client logs in at the same address, then the tunnel comes up")
def login_before(world):
    eth = home(world)
    connection = Connection(eth, (world.laptop, world.port()), (world.vpn, 443))
    connection.send(GET)
    world.wait(0.5)
    tunnel(world, eth, packets=40)
    connection.send(GET)
    connection.close()


@scene("tunnelcrack-serverip/miss-ping", why="the VPN measures how far its server is")
def ping(world):
    eth = home(world)
    tunnel(world, eth)
    for number in range(3):
        eth.packet(world.laptop, world.vpn, ICMP, b"\x08\0\0\0\0\1" + bytes([0, number]))
        world.wait(1)


@scene("tunnelcrack-serverip/miss-no-words", why="a SYN to another port that nobody answers")
def lone_syn(world):
    eth = home(world)
    tunnel(world, eth)
    eth.tcp((world.laptop, world.port()), (world.vpn, 80), 1, 0, SYN)


# Routers

def advertise(world, face, mac=SECOND_MAC, address=None, lifetime=1800, options=b"", preference=0):
    body = router_advertisement(lifetime, preference, options)
    source = address or LINK_ADDRESS.format(int(mac[-2:], 16))
    face.packet(source, EVERYBODY, ICMPV6, icmpv6(source, EVERYBODY, 134, body), hops=255,
                macs=(mac, ALL_NODES_MAC))
    world.wait(0.2)


def probe(world, face, prefix):
    """Duplicate address detection of an address in the prefix (RFC 4862 §5.4)."""
    target = str(ipaddress.ip_network(f"{prefix}/64")[0x1234])
    to = "ff02::1:ff00:1234"
    face.packet("::", to, ICMPV6, icmpv6("::", to, 135, b"\0" * 4 + packed(target)), hops=255,
                macs=(LAPTOP_MAC, "33:33:ff:00:12:34"))
    world.wait(0.5)


def prefix(world, who="laptop6"):
    return network_of(getattr(world, who), 64)


@scene("rogue-router/hit-second-router", severity="high",
       why="WireGuard is up; another router comes, with a prefix of its own")
def second_router(world):
    eth = home(world)
    advertise(world, eth, options=prefix_information(prefix(world), 64))
    tunnel(world, eth)
    if world.fact("the second router"):
        advertise(world, eth, THIRD_MAC, options=prefix_information(prefix(world, "web6"), 64))
    tunnel(world, eth)


@scene("rogue-router/hit-first-router", severity="high",
       why="an IPv4 network; IPv6 comes when the tunnel has been up for long, and is taken")
def first_router(world):
    eth = home(world)
    ends = wireguard(world, eth, world.laptop, world.vpn)
    world.wait(11)
    advertise(world, eth, options=prefix_information(prefix(world), 64))
    if world.fact("the laptop takes an address"):
        probe(world, eth, prefix(world))
    wireguard_goes_on(world, eth, ends, range(12, 16))


@scene("rogue-router/hit-route", severity="high",
       why="the router that was always there routes half of IPv6 more exactly than a tunnel does")
def more_exact_route(world):
    eth = home(world)
    own = prefix_information(prefix(world), 64)
    advertise(world, eth, options=own)
    tunnel(world, eth)
    more = route_information("2000::", 3) if world.fact("the route") else b""
    advertise(world, eth, options=own + more)
    tunnel(world, eth)


@scene("rogue-router/miss-reboot", "--tunnel {vpn}:51820",
       why="the router was replaced by itself: another link-local address, the same hardware")
def reboot(world):
    eth = home(world)
    own = prefix_information(prefix(world), 64)
    advertise(world, eth, options=own)
    tunnel(world, eth)
    advertise(world, eth, address="fe80::77", options=prefix_information(prefix(world, "web6"), 64))
    tunnel(world, eth)


@scene("rogue-router/miss-spare", "--tunnel {vpn}:51820",
       why="two routers share a prefix: the second is the first one's spare")
def spare(world):
    eth = home(world)
    own = prefix_information(prefix(world), 64)
    advertise(world, eth, options=own)
    tunnel(world, eth)
    advertise(world, eth, THIRD_MAC, options=own, preference=-1)
    tunnel(world, eth)


@scene("rogue-router/miss-before-tunnel", why="both routers were there when the tunnel came up")
def before_tunnel(world):
    eth = home(world)
    advertise(world, eth, options=prefix_information(prefix(world), 64))
    advertise(world, eth, THIRD_MAC, options=prefix_information(prefix(world, "web6"), 64))
    tunnel(world, eth)
    advertise(world, eth, THIRD_MAC, options=prefix_information(prefix(world, "web6"), 64))
    tunnel(world, eth)


@scene("rogue-router/miss-first-heard", "--tunnel {vpn}:51820",
       why="the only router is heard late, because it says so only every ten minutes")
def first_heard(world):
    eth = home(world)
    tunnel(world, eth)
    world.wait(400)
    advertise(world, eth, options=prefix_information(prefix(world), 64))
    tunnel(world, eth)


@scene("rogue-router/miss-lamps", "--tunnel {vpn}:51820",
       why="a mesh of lamps: lifetime 0, and a route to its private network (Thread)")
def lamps(world):
    eth = home(world)
    advertise(world, eth, options=prefix_information(prefix(world), 64))
    tunnel(world, eth)
    advertise(world, eth, THIRD_MAC, lifetime=0, options=route_information("fd12:3456:789a::", 64))
    tunnel(world, eth)


@scene("rogue-router/miss-delegated", "--tunnel {vpn}:51820",
       why="the router tells of the whole network that its provider delegated (RFC 7084)")
def delegated(world):
    eth = home(world)
    own = prefix_information(prefix(world), 64)
    advertise(world, eth, options=own + route_information(network_of(world.laptop6, 56), 56))
    tunnel(world, eth)


@scene("rogue-router/miss-roaming",
       why="the laptop goes to another network, with its own router, and WireGuard with it")
def roaming(world):
    eth = home(world)
    ends = wireguard(world, eth, world.laptop, world.vpn)
    advertise(world, eth, options=prefix_information(prefix(world), 64))
    wireguard_goes_on(world, eth, ends, range(12, 16))
    world.wait(20)
    world.at["laptop"] = beside(world, world.laptop)
    lease(world, eth, world.laptop)
    ends = (world.laptop, ends[0][1]), ends[1]
    wireguard_goes_on(world, eth, ends, range(16, 40))
    advertise(world, eth, THIRD_MAC, options=prefix_information(prefix(world, "web6"), 64))
    wireguard_goes_on(world, eth, ends, range(40, 44))
    world.wait(1)
    wireguard_goes_on(world, eth, ends, range(44, 48))


@scene("rogue-router/miss-no-tunnel", why="two routers, and nobody in a tunnel")
def routers_without_tunnel(world):
    eth = home(world)
    advertise(world, eth, options=prefix_information(prefix(world), 64))
    advertise(world, eth, THIRD_MAC, options=prefix_information(prefix(world, "web6"), 64))
    browse(world, eth, world.laptop, world.web)


# Other tunnels

def teredo(world, face, server):
    """A router solicitation in Teredo (RFC 4380 §5.2.1)."""
    inside = "2001:0:c000:20a:8000:63bf:3fff:fdd2"
    for number in range(3):
        echo = icmpv6(inside, world.web6, 128, b"\0\1" + bytes([0, number]))
        face.udp((world.laptop, 51000), (server, 3544), ip(inside, world.web6, ICMPV6, echo))
        world.wait(0.5)


@scene("unsanctioned-tunnel/hit-teredo", "--tunnel {vpn}:51820", severity="medium",
       why="Teredo comes up by itself beside the VPN")
def teredo_beside(world):
    eth = home(world)
    tunnel(world, eth, needed=False)
    if world.fact("Teredo"):
        teredo(world, eth, world.turn)


@scene("unsanctioned-tunnel/hit-6in4", severity="medium",
       why="a tunnel broker's IPv6 (protocol 41) beside WireGuard")
def six_in_four(world):
    eth = home(world)
    tunnel(world, eth)
    if world.fact("6in4"):
        inner = ip(world.laptop6, world.web6, 17, udp((world.laptop6, 5000), (world.web6, 9), b"?"))
        eth.packet(world.laptop, world.turn, 41, inner)


@scene("unsanctioned-tunnel/hit-second-vpn", severity="medium",
       why="two WireGuard tunnels to different servers carry something side by side")
def second_vpn(world):
    eth = home(world)
    tunnel(world, eth)
    if world.fact("the second tunnel"):
        wireguard(world, eth, world.laptop, world.peer)
    world.wait(3)
    if world.fact("the first goes on"):
        wireguard(world, eth, world.laptop, world.vpn)
    wireguard(world, eth, world.laptop, world.peer)


@scene("unsanctioned-tunnel/hit-undeclared", "--tunnel {vpn}:51820", severity="medium",
       why="WireGuard to a server that was not declared")
def undeclared(world):
    eth = home(world)
    where = world.peer if world.fact("another server") else world.vpn
    wireguard(world, eth, world.laptop, where, needed=False)


@scene("unsanctioned-tunnel/hit-warp", severity="medium",
       why="Cloudflare WARP over HTTP/2 beside WireGuard, by the name in its hello")
def warp(world):
    eth = home(world)
    tunnel(world, eth)
    name = "consumer-masque" if world.fact("WARP's name") else "www"
    connection = Connection(eth, (world.laptop, world.port()), (world.web, 443))
    connection.send(tls_hello(f"{name}.cloudflareclient.com"))


@scene("unsanctioned-tunnel/miss-moves", why="the VPN moves to another server for good")
def moves(world):
    eth = home(world)
    tunnel(world, eth)
    wireguard(world, eth, world.laptop, world.peer, packets=45)


@scene("unsanctioned-tunnel/miss-teredo-alone", why="Teredo, and no tunnel to be in")
def teredo_alone(world):
    teredo(world, home(world), world.turn)


@scene("unsanctioned-tunnel/miss-far-end-unknown", "--tunnel {tunnel}",
       why="only the tunnel's interface is declared: what is seen outside may be that tunnel")
def far_end_unknown(world):
    eth = home(world)
    wireguard(world, eth, world.laptop, world.peer)
