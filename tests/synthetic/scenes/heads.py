"""Heads that name their client: SIP's Via and Contact (D26), HTTP's X-Forwarded-For (D35)."""
from ..say import http_get, sip_request
from ..scene import scene
from ..wire import Connection

SIP_PORT, PROXY_PORT = 5060, 3128


def register(world, face, client, server, named, contact=None):
    face.udp((client, SIP_PORT), (server, SIP_PORT),
             sip_request("REGISTER", "sip:example.com", f"{named}:5060",
                         contact and f"{contact}:5060", call=world.word(12)))


@scene("sip-address/hit-real", "--egress {egress}", severity="medium",
       why="through the VPN, and Via and Contact name the address at the provider")
def sip_real(world):
    named = world.isp if world.fact("not the exit") else world.egress
    register(world, world.tunnel(), world.inner, world.web, named, named)


@scene("sip-address/hit-contact", "--egress {egress} --egress {egress6}", severity="medium",
       why="the Contact alone, over IPv6")
def sip_contact(world):
    named = world.laptop6 if world.fact("not the exit") else world.egress6
    register(world, world.tunnel(), world.inner, world.web, "phone.invalid", f"[{named}]")


@scene("sip-address/hit-private", "--egress {egress}", severity="low",
       why="the LAN address, through the VPN")
def sip_private(world):
    named = world.laptop if world.fact("address") else world.egress
    register(world, world.tunnel(), world.inner, world.web, named, named)


@scene("sip-address/miss-exit", "--egress {egress}", why="the phone knows its address outside")
def sip_exit(world):
    register(world, world.tunnel(), world.inner, world.web, world.egress, world.egress)


@scene("sip-address/miss-lan", "--egress {egress}", why="the telephone exchange is in the LAN")
def sip_lan(world):
    register(world, world.physical(), world.laptop, world.lan_host, world.laptop, world.laptop)


@scene("sip-address/miss-answer", "--egress {egress}",
       why="what a caller says of itself, and the answer to it, which repeats that")
def sip_answer(world):
    eth = world.physical()
    call = world.word(12)
    eth.udp((world.web, SIP_PORT), (world.laptop, SIP_PORT),
            sip_request("OPTIONS", f"sip:alice@{world.laptop}", f"{world.peer}:5060",
                        f"{world.peer}:5060", call=call), hops=50)
    eth.udp((world.laptop, SIP_PORT), (world.web, SIP_PORT),
            (f"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {world.peer}:5060;branch=z9hG4bK{call[:8]}\r\n"
             f"From: <sip:bob@example.com>;tag=1\r\nTo: <sip:alice@{world.laptop}>;tag=2\r\n"
             f"Call-ID: {call}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n").encode())


@scene("sip-address/miss-no-policy", why="nothing is expected of the phone")
def sip_no_policy(world):
    register(world, world.physical(), world.laptop, world.web, world.laptop, world.laptop)


def ask(face, world, client, server, fields, port=80):
    wire = Connection(face, (client, world.port()), (server, port))
    wire.send(http_get("www.example.com", "/", fields))
    wire.close()


@scene("forwarded-address/hit-x-forwarded-for", "--egress {egress}", severity="medium",
       why="a proxy in the LAN tells a web server for whom it asks")
def forwarded_for(world):
    fields = (("X-Forwarded-For", world.laptop),) if world.fact("header") else ()
    ask(world.physical(), world, world.lan_host, world.web, fields)


@scene("forwarded-address/hit-forwarded", "--egress {egress} --client {isp} --client {proxy}",
       severity="medium", why="seen behind the proxy: it names the address it hides (RFC 7239)")
def forwarded(world):
    named = world.isp if world.fact("not the exit") else world.egress
    ask(world.physical(), world, world.proxy, world.web,
        (("Forwarded", f'for="{named}:{world.port()}";proto=http'),))


@scene("forwarded-address/miss-load-balancer", "--egress {egress}",
       why="a load balancer tells a server of its own who came in")
def balancer(world):
    ask(world.physical(), world, world.gateway, world.lan_host,
        (("X-Forwarded-For", world.peer),), 8080)


@scene("forwarded-address/miss-visitor", "--egress {egress}",
       why="a reverse proxy tells a server elsewhere of a visitor, who is nobody's client")
def visitor(world):
    ask(world.physical(), world, world.laptop, world.web, (("X-Forwarded-For", world.peer),))


@scene("forwarded-address/miss-to-a-proxy", "--egress {egress} --proxy {proxy}:3128",
       why="the next proxy is told, in absolute form; whether it goes further is not seen")
def to_a_proxy(world):
    wire = Connection(world.physical(), (world.lan_host, world.port()), (world.proxy, PROXY_PORT))
    wire.send(http_get("www.example.com", "http://www.example.com/",
                       (("X-Forwarded-For", world.laptop),)))
    wire.close()


@scene("forwarded-address/miss-exit", "--egress {egress} --client {proxy} --client {egress}",
       why="what is named is where the client should come out")
def named_exit(world):
    ask(world.physical(), world, world.proxy, world.web, (("X-Forwarded-For", world.egress),))


@scene("forwarded-address/miss-placeholder", "--egress {egress}",
       why="loopback and unknown, as proxies on the same host write them")
def placeholder(world):
    for named in ("127.0.0.1", "unknown", "_hidden"):
        ask(world.physical(), world, world.laptop, world.web, (("X-Forwarded-For", named),))
