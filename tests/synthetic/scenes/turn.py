"""Private addresses told to TURN servers."""
from ..say import (CREATE_PERMISSION, REQUEST, SEND, INDICATION, allocate,
                   allocate_success, arp, attribute, in_v6, turn_peer)
from ..scene import scene
from ..wire import ethernet
from .srflx import STUN_PORT


def allocated(world, face, source, relayed):
    """An allocation; returns client and server."""
    client, server, txid = (source, world.port()), (world.turn, STUN_PORT), world.txid()
    face.udp(client, server, allocate(txid))
    world.wait(0.03)
    face.udp(server, client, allocate_success(txid, (world.egress, client[1]),
                                              (relayed, world.port())))
    world.wait(0.1)
    return client, server


def permit(world, face, ends, peer):
    face.udp(*ends, turn_peer(CREATE_PERMISSION, REQUEST, world.txid(), (peer, world.port())))
    world.wait(0.1)


def resolved(world, face, who, neighbour):
    """One host of the LAN asks for another."""
    one, other = face.mac(who), face.mac(neighbour)
    face.frame(ethernet(one, "ff:ff:ff:ff:ff:ff", 0x0806,
                        arp(1, one, who, "00:00:00:00:00:00", neighbour)))
    world.wait(0.001)
    face.frame(ethernet(other, one, 0x0806, arp(2, other, neighbour, one, who)))
    world.wait(0.1)


@scene("private-peer-told-to-turn/hit-own-network", "--egress {egress}", severity="medium",
       why="a permission for a peer in the client's own network, through the VPN")
def own_network(world):
    eth = world.physical()
    resolved(world, eth, world.laptop, world.lan_host)
    ends = allocated(world, eth, world.laptop, world.turn)
    permit(world, eth, ends, world.lan_host if world.fact("a private peer") else world.peer)


@scene("private-peer-told-to-turn/hit-send", "--egress {egress}", severity="low",
       why="a Send indication for such a peer, written as IPv6, with nothing before it")
def sent_there(world):
    eth = world.physical()
    peer = world.lan_host if world.fact("a private peer") else world.peer
    eth.udp((world.laptop, world.port()), (world.turn, STUN_PORT),
            turn_peer(SEND, INDICATION, world.txid(), (in_v6(peer), world.port()),
                      attribute(0x13, b"hello")))


@scene("private-peer-told-to-turn/miss-servers-network", "--egress {egress}",
       why="a provider's relay and its media server are in one private network")
def servers_network(world):
    eth = world.physical()
    inside = world.lan_host if world.seed % 2 else "10.13.0.62"
    ends = allocated(world, eth, world.laptop, inside)
    permit(world, eth, ends, world.lan_host if world.seed % 2 else "10.13.0.50")


@scene("private-peer-told-to-turn/miss-peers-network", "--egress {egress}",
       why="the peer signalled the address it has in another home")
def peers_network(world):
    eth = world.physical()
    ends = allocated(world, eth, world.laptop, world.turn)
    permit(world, eth, ends, "192.168.251.33")


@scene("private-peer-told-to-turn/miss-enterprise", "--egress {egress}",
       why="a company's TURN server in its own network relays to it")
def enterprise(world):
    eth = world.physical()
    client, server, txid = (world.laptop, world.port()), (world.gateway, STUN_PORT), world.txid()
    eth.udp(client, server, allocate(txid))
    world.wait(0.02)
    eth.udp(server, client, allocate_success(txid, client, (world.gateway, world.port())))
    permit(world, eth, (client, server), world.lan_host)


@scene("private-peer-told-to-turn/miss-public-peer", "--egress {egress}",
       why="a permission for a peer on the Internet")
def public_peer(world):
    eth = world.physical()
    permit(world, eth, allocated(world, eth, world.laptop, world.turn), world.peer)
