"""Candidates that a client tells of itself, in WebSocket, WHIP and SIP."""
from ..page import Page, browser, mdns_name, whip
from ..say import (BINDING, REQUEST, binding_success, candidate, offer, sdp, sip_request, stun)
from ..scene import scene

STUN_PORT, SIP_PORT = 3478, 5060


def gather(world, face, source, mapped):
    """A STUN exchange; the client's port."""
    txid, client = world.txid(), (source, world.port())
    face.udp(client, (world.stun, STUN_PORT), stun(BINDING, REQUEST, txid))
    world.wait(0.02)
    face.udp((world.stun, STUN_PORT), client, binding_success(txid, (mapped, client[1])))
    world.wait(0.02)
    return client[1]


def invite(world, face, client, server, description):
    """An INVITE with a body, from a phone whose head says nothing of where it is."""
    face.udp((client, SIP_PORT), (server, SIP_PORT),
             sip_request("INVITE", "sip:bob@example.com", "phone.invalid:5060",
                         body=description.encode(), call=world.word(12)))


# srflx-candidate-outside-egress (D15)

@scene("srflx-candidate-outside-egress/hit-websocket", "--egress {egress}", severity="critical",
       why="told through the tunnel, and real all the same")
def srflx_websocket(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    told = world.isp if world.fact("not the exit") else world.egress
    kind = "srflx" if world.fact("reflexive") else "relay"
    page.candidate(kind, (told, world.port()), ("0.0.0.0", 0), more=browser(world.word(4)),
                   own=world.fact("the client's own words"))


@scene("srflx-candidate-outside-egress/hit-whip", "--egress {egress}", severity="critical",
       why="posted to a media server by WHIP (RFC 9725)")
def srflx_whip(world):
    told = world.isp if world.fact("not the exit") else world.egress
    c = candidate("srflx", (told, world.port()), ("0.0.0.0", 9))
    lines = (c,) if world.fact("candidate") else ()
    whip(world, world.physical(), world.laptop, world.web, sdp(lines),
         sdp((candidate("host", (world.web, world.port())),)))


@scene("srflx-candidate-outside-egress/hit-exit-learned", severity="low",
       why="the exit is only known from a STUN answer in the tunnel: it may be one of several")
def srflx_learned(world):
    tun = world.tunnel()
    if world.fact("exit"):
        gather(world, tun, world.inner, world.egress)
    page = Page(world, tun, world.inner, world.web)
    told = world.isp if world.fact("not the exit") else world.egress
    page.candidate("srflx", (told, world.port()), ("0.0.0.0", 0))


@scene("srflx-candidate-outside-egress/miss-peer", "--egress {egress}",
       why="the candidates of the peer, as the server hands them on")
def srflx_peer(world):
    page = Page(world, world.physical(), world.laptop, world.web)
    page.offer(own=True)
    page.offer(candidate("srflx", (world.peer, world.port()), (world.lan_host, 50000)), own=False,
               kind="answer")
    page.candidate("srflx", (world.isp, world.port()), ("0.0.0.0", 0), own=False)


@scene("srflx-candidate-outside-egress/miss-exit", "--egress {egress}",
       why="the address told is the exit's")
def srflx_exit(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    page.candidate("srflx", (world.egress, world.port()), ("0.0.0.0", 0))


@scene("srflx-candidate-outside-egress/miss-no-policy",
       why="nothing is expected: that is how calls work")
def srflx_no_policy(world):
    page = Page(world, world.physical(), world.laptop, world.web)
    page.candidate("srflx", (world.isp, world.port()), ("0.0.0.0", 0))


@scene("srflx-candidate-outside-egress/miss-whip-answer", "--egress {egress}",
       why="a media server's own candidates in its answer, and the client's clean offer")
def srflx_whip_answer(world):
    answer = sdp((candidate("srflx", (world.peer, world.port()), ("10.0.0.5", 50000)),
                  candidate("host", (world.web, world.port()))), origin=world.web)
    whip(world, world.physical(), world.laptop, world.web, sdp(), answer)


@scene("srflx-candidate-outside-egress/miss-statistics", "--egress {egress}",
       why="the page reports which of the peer's candidates it uses")
def srflx_statistics(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    port, behind = world.port(), (world.lan_host, world.port())
    page.offer(own=True)
    page.candidate("srflx", (world.peer, port), behind, own=False)
    page.candidate("srflx", (world.peer, port), behind)


@scene("srflx-candidate-outside-egress/hit-same-nat", "--egress {egress}", severity="critical",
       why="the peer comes out of the same address, at another port")
def srflx_same_nat(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    page.candidate("srflx", (world.isp, 40001), ("0.0.0.0", 0), own=False)
    if world.fact("the client's own words"):
        page.candidate("srflx", (world.isp, 40002), ("0.0.0.0", 0))


@scene("srflx-candidate-outside-egress/miss-lan-server", "--egress {egress}",
       why="signalling, and so what it tells, stays in the LAN")
def srflx_lan(world):
    page = Page(world, world.physical(), world.laptop, world.lan_host)
    page.candidate("srflx", (world.isp, world.port()), (world.laptop, 50000))


@scene("srflx-outside-egress/hit-signalled", "--egress {egress}", severity="critical",
       why="one leak that grows: told by a STUN server, then to the signalling server")
def srflx_grows(world):
    eth = world.physical()
    if world.fact("answer"):
        port = gather(world, eth, world.laptop, world.isp)
    else:
        port = world.port()
    page = Page(world, eth, world.laptop, world.web)
    page.candidate("srflx", (world.isp, port), ("0.0.0.0", 0), more=browser(world.word(4)))


@scene("srflx-outside-egress/hit-signalled-inside", severity="critical",
       why="told by a STUN server beside the tunnel, then to the signalling server within it")
def srflx_grows_inside(world):
    eth, tun = world.physical(), world.tunnel()
    gather(world, tun, world.inner, world.egress)
    if world.fact("answer"):
        gather(world, eth, world.laptop, world.isp)
    page = Page(world, tun, world.inner, world.web)
    page.candidate("srflx", (world.isp, 40000), ("0.0.0.0", 0), more=browser(world.word(4)))


# host-candidate-private (D12)

@scene("host-candidate-private/hit-websocket", "--egress {egress}", severity="medium",
       why="camera permission or a policy: the LAN address as UDP and TCP host candidates")
def host_websocket(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    ufrag = world.word(4)
    told = world.laptop if world.fact("address") else mdns_name(world)
    own = world.fact("the client's own words")
    page.candidate("host", (told, world.port()), own=own, more=browser(ufrag))
    page.candidate("host", (told, 9), transport="tcp", own=own, priority=1518280447,
                   more=" tcptype active" + browser(ufrag))


@scene("host-candidate-private/hit-through-proxy", "--proxy {proxy}:3128", severity="medium",
       why="the stream goes through the proxy as it should, and tells the LAN address")
def host_proxy(world):
    page = Page(world, world.physical(), world.laptop, world.web, proxy=world.proxy)
    if world.fact("candidate"):
        page.candidate("host", (world.laptop, world.port()))


@scene("host-candidate-private/hit-proxy-seen", severity="low",
       why="nobody declared the proxy that is seen in use")
def host_proxy_seen(world):
    proxy = world.proxy if world.fact("proxy") else None
    page = Page(world, world.physical(), world.laptop, world.web, proxy=proxy)
    page.candidate("host", (world.laptop, world.port()))


@scene("host-candidate-private/hit-inner-address", "--egress {egress}", severity="low",
       why="the address within the tunnel identifies less")
def host_inner(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    if world.fact("candidate"):
        page.candidate("host", (world.inner, world.port()))


@scene("host-candidate-private/hit-sip", "--egress {egress}", severity="low",
       why="a phone with ICE, which never hides it")
def host_sip(world):
    lines = (candidate("host", (world.laptop, world.port())),) if world.fact("candidate") else ()
    invite(world, world.physical(), world.laptop, world.web, sdp(lines))


@scene("host-candidate-private/hit-whip", "--egress {egress}", severity="medium",
       why="posted to a media server by WHIP (RFC 9725)")
def host_whip(world):
    lines = (candidate("host", (world.laptop, world.port())),) if world.fact("candidate") else ()
    whip(world, world.physical(), world.laptop, world.web, sdp(lines))


@scene("host-candidate-private/miss-mdns", "--egress {egress}",
       why="the browser hides it behind an mDNS name")
def host_mdns(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    page.candidate("host", (mdns_name(world), world.port()), more=browser(world.word(4)))


@scene("host-candidate-private/miss-media-server", "--egress {egress}",
       why="a media server names its own private address, in answers over WebSocket and WHIP")
def host_server(world):
    eth = world.physical()
    told = candidate("host", ("10.0.0.5", world.port()))
    page = Page(world, eth, world.laptop, world.web)
    page.offer(own=True)
    page.offer(told, own=False, kind="answer")
    whip(world, eth, world.laptop, world.web, sdp(), sdp((told,), origin="10.0.0.5"))


@scene("host-candidate-private/miss-lan-call", "--egress {egress}",
       why="both ends and the signalling server are in the LAN")
def host_lan(world):
    page = Page(world, world.physical(), world.laptop, world.lan_host)
    page.offer(candidate("host", (world.laptop, world.port())))
    invite(world, world.scene.interfaces[0], world.laptop, world.lan_host,
           sdp((candidate("host", (world.laptop, world.port())),), connection=world.laptop))


@scene("host-candidate-private/miss-no-policy", why="nothing is expected of the client")
def host_no_policy(world):
    page = Page(world, world.physical(), world.laptop, world.web)
    page.candidate("host", (world.laptop, world.port()))


@scene("host-candidate-private/miss-company-server", "--egress {egress}",
       why="the signalling server is within the network that the tunnel leads to")
def host_company(world):
    page = Page(world, world.tunnel(), world.inner, world.inner_gateway)
    page.candidate("host", (world.inner, world.port()))


# host-candidate-public (D13)

@scene("host-candidate-public/hit-ipv6", "--egress {egress} --egress {egress6}", severity="high",
       why="the native IPv6 address beside the tunnel, told through it")
def public_ipv6(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    told = world.laptop6 if world.fact("not the exit") else world.egress6
    page.candidate("host", (told, world.port()), own=world.fact("the client's own words"))


@scene("host-candidate-public/hit-ipv6-own", "--tunnel tun0", severity="high",
       why="no exit is known, but the client is seen to use the address around the tunnel")
def public_own(world):
    page = Page(world, world.physical(), world.laptop6, world.web6)
    if world.fact("candidate"):
        page.candidate("host", (world.laptop6, world.port()))


@scene("host-candidate-public/hit-ipv6-undeclared", "--egress {egress}", severity="low",
       why="of IPv6 no exit is declared: it may be the tunnel's")
def public_undeclared(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    if world.fact("candidate"):
        page.candidate("host", (world.laptop6, world.port()))


@scene("host-candidate-public/miss-ipv6-inside", "--egress {egress}",
       why="the address that the tunnel gave to the client, which speaks from it")
def public_inside(world):
    page = Page(world, world.tunnel(), world.laptop6, world.web6)
    page.candidate("host", (world.laptop6, world.port()))


@scene("host-candidate-public/miss-exit", "--egress {egress} --egress {egress6}",
       why="a global address, and the exit's")
def public_exit(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    page.candidate("host", (world.egress6, world.port()))


@scene("host-candidate-public/miss-media-server", "--egress {egress}",
       why="a media server has a public address, and says so")
def public_server(world):
    page = Page(world, world.physical(), world.laptop, world.web)
    page.offer(own=True)
    page.offer(candidate("host", (world.peer, world.port())), own=False, kind="answer")


# host-candidate-unmasked (D14)

@scene("host-candidate-unmasked/hit-permission", "--egress {egress}", severity="medium",
       why="mDNS names at first, bare addresses after the page got the camera")
def unmasked(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    first, second = world.word(4), world.word(4)
    told = mdns_name(world) if world.fact("names at first") else world.laptop
    page.candidate("host", (told, world.port()), more=browser(first))
    world.wait(8)
    told = world.laptop if world.fact("bare later") else mdns_name(world)
    ufrag = second if world.fact("another gathering") else first
    page.candidate("host", (told, world.port()), more=browser(ufrag))


@scene("host-candidate-unmasked/miss-native", "--egress {egress}", severity="medium",
       why="a program that never hid anything: no tell, though a leak")
def unmasked_native(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    for _ in range(2):
        page.candidate("host", (world.laptop, world.port()), more=browser(world.word(4)))
        world.wait(8)


@scene("host-candidate-unmasked/miss-another-site", "--egress {egress}", severity="medium",
       why="the names were told to somebody else: another page, or another program")
def unmasked_site(world):
    tun = world.tunnel()
    Page(world, tun, world.inner, world.web).candidate(
        "host", (mdns_name(world), world.port()), more=browser(world.word(4)))
    Page(world, tun, world.inner, world.turn).candidate(
        "host", (world.laptop, world.port()), more=browser(world.word(4)))


@scene("host-candidate-unmasked/miss-names-stay", "--egress {egress}",
       why="a second gathering that is as hidden as the first")
def unmasked_stays(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    for _ in range(2):
        page.candidate("host", (mdns_name(world), world.port()), more=browser(world.word(4)))
        world.wait(8)


# candidate-related-address (D16)

@scene("candidate-related-address/hit-raddr", "--egress {egress}", severity="medium",
       why="the LAN address behind a reflexive candidate that is clean itself")
def raddr(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    behind = (world.laptop, world.port()) if world.fact("raddr") else ("0.0.0.0", 0)
    page.candidate("srflx", (world.egress, world.port()), behind,
                   own=world.fact("the client's own words"))


@scene("candidate-related-address/hit-relay", "--egress {egress}", severity="high",
       why="the relay hides the client, and its candidate says from whom it was made")
def raddr_relay(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    behind = world.isp if world.fact("not the exit") else world.egress
    page.candidate("relay", (world.turn, world.port()), (behind, world.port()))


@scene("candidate-related-address/hit-inner", "--egress {egress}", severity="low",
       why="the address within the tunnel")
def raddr_inner(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    behind = (world.inner, world.port()) if world.fact("raddr") else None
    page.candidate("srflx", (world.egress, world.port()), behind)


@scene("candidate-related-address/hit-sip", "--egress {egress}", severity="low",
       why="phones always fill it in")
def raddr_sip(world):
    behind = (world.laptop, world.port()) if world.fact("raddr") else None
    invite(world, world.physical(), world.laptop, world.web,
           sdp((candidate("srflx", (world.egress, world.port()), behind),)))


@scene("candidate-related-address/miss-placeholders", "--egress {egress}",
       why="0.0.0.0, :: and loopback, as browsers write them")
def raddr_placeholders(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    for nothing in (("0.0.0.0", 9), ("0.0.0.0", 0), ("::", 9), ("127.0.0.1", 9)):
        page.candidate("srflx", (world.egress, world.port()), nothing)


@scene("candidate-related-address/miss-exit", "--egress {egress}",
       why="the TURN server was reached through the tunnel, and saw the exit")
def raddr_exit(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    page.candidate("relay", (world.turn, world.port()), (world.egress, world.port()))


@scene("candidate-related-address/miss-peer", "--egress {egress}",
       why="what the peer tells of itself")
def raddr_peer(world):
    page = Page(world, world.tunnel(), world.inner, world.web)
    page.say(offer(sdp()))
    page.candidate("srflx", (world.peer, world.port()), (world.lan_host, world.port()), own=False)
