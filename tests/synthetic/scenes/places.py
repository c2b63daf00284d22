"""Places: what a client shows is in several countries. The databases are made with each World."""
from ..say import allocate, allocate_success, client_subnet
from ..scene import scene
from .names import ask, host
from .srflx import STUN_PORT, gather


def relay(world, face, source, mapped, relayed):
    """A TURN server gives out an address to be reached at."""
    txid, client, turn = world.txid(), (source, world.port()), (world.turn, STUN_PORT)
    face.udp(client, turn, allocate(txid))
    world.wait(0.02)
    face.udp(turn, client, allocate_success(txid, (mapped, client[1]), (relayed, world.port())))
    world.wait(1)


@scene("places-disagree/hit-resolver-and-subnet", "--egress {egress} --geo {geo}",
       severity="medium",
       why="it comes out in one country; its resolver and the network in its questions are abroad")
def resolver_and_subnet(world):
    tun = world.tunnel()
    more = client_subnet(world.isp, 32) if world.fact("client subnet") else b""
    to = world.isp_resolver if world.fact("a resolver abroad") else world.egress
    ask(world, tun, world.inner, to, host(world), [world.web], more=more)


@scene("places-disagree/hit-around-the-tunnel", "--geo {geo}", severity="critical",
       why="an exit is learned; around the tunnel STUN tells another country, which the resolver is in")
def around_the_tunnel(world):
    eth, tun = world.physical(), world.tunnel()
    gather(world, tun, world.inner, world.stun, world.egress)
    ask(world, tun, world.inner, world.isp_resolver if world.fact("a resolver abroad")
        else world.web, host(world), [world.web])
    gather(world, eth, world.laptop, world.stun, world.isp)


@scene("places-disagree/miss-resolver", "--egress {egress} --geo {geo}",
       why="a resolver abroad, and a relay: ordinary for a VPN")
def resolver_abroad(world):
    tun = world.tunnel()
    ask(world, tun, world.inner, world.resolver, host(world), [world.web])
    relay(world, tun, world.inner, world.egress, world.turn)


@scene("places-disagree/miss-anycast", "--egress {egress} --geo {geo}",
       severity="medium", why="a resolver that is everywhere, and the subnet: client-subnet tells it")
def anycast(world):
    tun = world.tunnel()
    more = client_subnet(world.isp, 32)
    ask(world, tun, world.inner, world.stun, host(world), [world.web], more=more)


@scene("places-disagree/miss-no-database", "--egress {egress}",
       severity="medium", why="without a database nothing is known of places")
def no_database(world):
    resolver_and_subnet(world)
