"""Expectations that nobody declared: a tunnel or a proxy is seen in use, and STUN goes around it."""
from ..say import (HTTP_CONNECTED, http_connect, socks5_accept, socks5_hello, socks5_reply,
                   socks5_request, wireguard_data, wireguard_init, wireguard_response)
from ..scene import scene
from ..wire import Connection
from .srflx import gather

WIREGUARD_PORT = 51820


def wireguard_goes_on(world, face, ends, counters, needed=True):
    for counter in counters:
        world.wait(0.05)
        face.udp(*ends, wireguard_data(counter))
        if not needed or world.fact("the tunnel carries something back"):
            face.udp(*reversed(ends), wireguard_data(counter, 0x11111111))


def wireguard(world, face, near, far, packets=12, port=WIREGUARD_PORT, needed=True):
    """A handshake, then data both ways, which is a fact where it is `needed`. Returns the two
    endpoints."""
    ends = (near, world.port()), (far, port)
    face.udp(*ends, wireguard_init())
    world.wait(0.03)
    face.udp(*reversed(ends), wireguard_response())
    wireguard_goes_on(world, face, ends, range(packets), needed)
    return ends


@scene("srflx-outside-egress/hit-beside-wireguard", severity="critical",
       why="the physical side alone: WireGuard is up, and STUN goes beside it")
def beside_wireguard(world):
    eth = world.physical()
    wireguard(world, eth, world.laptop, world.vpn)
    world.wait(1)
    gather(world, eth, world.laptop, world.stun, world.isp)


@scene("srflx-outside-egress/miss-another-hosts-tunnel",
       why="one host of the LAN uses a VPN; another, which does not, gathers")
def another_hosts_tunnel(world):
    eth = world.physical()
    wireguard(world, eth, world.lan_host, world.vpn)
    world.wait(1)
    gather(world, eth, world.laptop, world.stun, world.isp)


@scene("srflx-outside-egress/hit-beside-http-proxy", severity="critical",
       why="pages go through an HTTP proxy, STUN does not")
def beside_http_proxy(world):
    eth = world.physical()
    connection = Connection(eth, (world.laptop, world.port()), (world.proxy, 3128))
    connection.send(http_connect("app.example", 443))
    if world.fact("the proxy grants"):
        connection.reply(HTTP_CONNECTED)
    world.wait(1)
    gather(world, eth, world.laptop, world.stun, world.isp)


@scene("srflx-outside-egress/hit-beside-socks", severity="critical",
       why="pages go through SOCKS 5 without UDP ASSOCIATE, STUN does not")
def beside_socks(world):
    eth = world.physical()
    connection = Connection(eth, (world.laptop, world.port()), (world.proxy, 1080))
    connection.send(socks5_hello())
    connection.reply(socks5_accept())
    connection.send(socks5_request(1, (world.web, 443)))
    if world.fact("the proxy grants"):
        connection.reply(socks5_reply())
    world.wait(1)
    gather(world, eth, world.laptop, world.stun, world.isp)
