"""srflx-outside-egress beside the real captures: what they do not have."""
from ..say import BINDING, REQUEST, binding_success, stun
from ..scene import scene

STUN_PORT = 3478


def gather(world, face, source, server, mapped, port=STUN_PORT):
    """A bare Binding request, as browsers send it, and its answer."""
    txid, client = world.txid(), (source, world.port())
    to = (server, port)
    face.udp(client, to, stun(BINDING, REQUEST, txid))
    world.wait(0.02)
    if world.fact("answer"):
        face.udp(to, client, binding_success(txid, (mapped, client[1])))


@scene("srflx-outside-egress/hit-tunnel-beside", severity="critical",
       why="nothing is declared; the tunnel's interface shows what was expected")
def tunnel_beside(world):
    eth = world.physical()
    if world.fact("tunnel"):
        tun = world.tunnel()
        gather(world, tun, world.inner, world.stun, world.egress)
    world.wait(1)
    gather(world, eth, world.laptop, world.stun, world.isp)


@scene("srflx-outside-egress/miss-pool", "--egress {egress} --egress {isp}",
       why="an exit with two addresses, both declared")
def pool(world):
    eth = world.physical()
    gather(world, eth, world.laptop, world.stun, world.isp)
    world.wait(1)
    gather(world, eth, world.laptop, world.stun, world.egress)
