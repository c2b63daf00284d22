"""Routers and SIP servers that tell a client its address."""
from ..say import http_answer, natpmp_ask, natpmp_external
from ..scene import scene
from ..wire import Connection

NATPMP_PORT, UPNP_PORT, SIP_PORT = 5351, 5000, 5060


def natpmp(world, face, client, gateway, told, asked=True):
    ends = (client, world.port()), (gateway, NATPMP_PORT)
    if asked:
        face.udp(*ends, natpmp_ask())
    world.wait(0.01)
    face.udp(*reversed(ends), natpmp_external(told))


def upnp_answer(told):
    return http_answer("text/xml", f"""<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<u:GetExternalIPAddressResponse xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1">
<NewExternalIPAddress>{told}</NewExternalIPAddress>
</u:GetExternalIPAddressResponse></s:Body></s:Envelope>
""".encode())


def sip_answer(client, received):
    lines = ("SIP/2.0 401 Unauthorized",
             f"Via: SIP/2.0/UDP {client[0]}:{client[1]};branch=z9hG4bK1;received={received}"
             f";rport={client[1]}",
             "From: <sip:one@example.test>;tag=1", "To: <sip:one@example.test>;tag=2",
             "Call-ID: 1@example.test", "CSeq: 1 REGISTER", "Content-Length: 0", "", "")
    return "\r\n".join(lines).encode()


@scene("external-address-told/hit-natpmp", "--egress {egress}", severity="medium",
       why="the home router tells its address to a host that uses a VPN")
def natpmp_tells(world):
    eth = world.physical()
    told = world.isp if world.fact("the real address") else world.egress
    natpmp(world, eth, world.laptop, world.gateway, told)


@scene("external-address-told/hit-upnp", "--tunnel {tunnel}", severity="medium",
       why="the same by UPnP; where the tunnel comes out nobody said")
def upnp_tells(world):
    eth = world.physical()
    connection = Connection(eth, (world.laptop, world.port()), (world.gateway, UPNP_PORT))
    connection.send(b"POST /ctl HTTP/1.1\r\nHost: router\r\nContent-Length: 0\r\n\r\n")
    told = world.isp if world.fact("a public address") else world.gateway
    connection.reply(upnp_answer(told))
    connection.close()


@scene("external-address-told/hit-sip", "--egress {egress}", severity="medium",
       why="a SIP server saw the client's real address and says so in received=")
def sip_tells(world):
    eth = world.physical()
    client, server = (world.laptop, SIP_PORT), (world.web, SIP_PORT)
    told = world.isp if world.fact("the real address") else world.egress
    eth.udp(server, client, sip_answer(client, told))


@scene("external-address-told/miss-nothing-expected", severity="-",
       why="a router tells its address to a host without a VPN")
def natpmp_plain(world):
    natpmp(world, world.physical(), world.laptop, world.gateway, world.isp)


@scene("external-address-told/miss-vpn-gateway", "--tunnel {tunnel}",
       why="a VPN's gateway gives a port and names its exit, inside the tunnel")
def natpmp_of_vpn(world):
    natpmp(world, world.tunnel(), world.inner, world.inner_gateway, world.egress)


@scene("external-address-told/miss-announcement", "--egress {egress}",
       why="a router announces its new address to everybody")
def natpmp_announced(world):
    world.physical().udp((world.gateway, NATPMP_PORT), ("224.0.0.1", 5350),
                         natpmp_external(world.isp))


@scene("external-address-told/miss-router-itself", "--egress {egress}",
       why="the router asks its provider's for its own address")
def router_itself(world):
    wan = world.scene.interface("wan0")
    natpmp(world, wan, "100.64.7.7", "100.64.0.1", world.isp)


@scene("external-address-told/miss-double-nat", "--egress {egress}",
       why="the router is behind another one and knows a private address only")
def double_nat(world):
    natpmp(world, world.physical(), world.laptop, world.gateway, "10.99.0.7")
