"""What session descriptions say beside candidates, mDNS names, and the shape of whole gatherings."""
from ..page import Page, browser, mdns_name, whip
from ..say import candidate, end_of_candidates, sdp, sip_request
from ..scene import scene

SIP_PORT = 5060
ALL = "--egress {egress} --min-severity info"


def page_in_tunnel(world):
    return Page(world, world.tunnel(), world.inner, world.web)


# session-address (D17)

@scene("session-address/hit-connection", "--egress {egress}", severity="high",
       why="candidates are hidden and relayed, and the c= line has the real address")
def connection(world):
    page = page_in_tunnel(world)
    told = world.isp if world.fact("not the exit") else world.egress
    page.offer(candidate("host", (mdns_name(world), world.port())),
               candidate("relay", (world.turn, world.port()), ("0.0.0.0", 9)),
               connection=told, port=world.port(), own=world.fact("the client's own words"))


@scene("session-address/hit-origin", "--egress {egress}", severity="medium",
       why="the o= line has the LAN address")
def origin(world):
    page = page_in_tunnel(world)
    page.offer(origin=world.laptop if world.fact("address") else "127.0.0.1")


@scene("session-address/hit-second-media", "--egress {egress}", severity="medium",
       why="clean above, the LAN address below the second m= line, with a=rtcp")
def second_media(world):
    page = page_in_tunnel(world)
    text = sdp(connection=world.egress)
    if world.fact("second line"):
        text += f"m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 {world.egress}\r\n" \
            f"a=rtcp:{world.port()} IN IP4 {world.laptop}\r\n"
    whip(world, world.scene.interfaces[0], world.inner, world.web, text)
    page.wire.close()


@scene("session-address/hit-sip", "--egress {egress}", severity="low",
       why="a phone without ICE has to say where media goes")
def phone(world):
    told = world.laptop if world.fact("address") else "0.0.0.0"
    world.physical().udp((world.laptop, SIP_PORT), (world.web, SIP_PORT),
                         sip_request("INVITE", "sip:bob@example.com", "phone.invalid:5060",
                                     body=sdp(connection=told, port=world.port()).encode()))


@scene("session-address/miss-placeholders", "--egress {egress}",
       why="0.0.0.0 and 127.0.0.1, as browsers write them")
def placeholders(world):
    page = page_in_tunnel(world)
    page.offer(candidate("host", (mdns_name(world), world.port())))
    page.offer(connection="::", origin="::1")


@scene("session-address/miss-candidate-says-it", "--egress {egress}", severity="critical",
       why="the c= line repeats a candidate: that one's finding says it all")
def candidate_says_it(world):
    port = world.port()
    page_in_tunnel(world).offer(candidate("srflx", (world.isp, port), ("0.0.0.0", 0)),
                                connection=world.isp, port=port)


@scene("session-address/miss-media-server", "--egress {egress}",
       why="a media server's answer has its own address")
def media_server(world):
    whip(world, world.physical(), world.laptop, world.web, sdp(),
         sdp(connection=world.peer, origin="10.0.0.5"))


@scene("session-address/miss-lan-call", "--egress {egress}", why="both phones are in the LAN")
def lan_call(world):
    world.physical().udp((world.laptop, SIP_PORT), (world.lan_host, SIP_PORT),
                         sip_request("INVITE", "sip:bob@example.com", f"{world.laptop}:5060",
                                     f"{world.laptop}:5060",
                                     sdp(connection=world.laptop, origin=world.laptop).encode()))


# mdns-candidate, mdns-candidate-malformed (D18)

@scene("mdns-candidate/hit-names", ALL, severity="info", why="as browsers do by themselves")
def names(world):
    page = page_in_tunnel(world)
    told = mdns_name(world) if world.fact("name") else world.egress
    page.candidate("host" if told != world.egress else "srflx", (told, world.port()),
                   own=world.fact("the client's own words"))


@scene("mdns-candidate/miss-host-name", ALL, severity="low",
       why="a name, and local, but the machine's own")
def own_name(world):
    page_in_tunnel(world).candidate("host", ("annas-laptop.local", world.port()))


@scene("mdns-candidate-malformed/hit-host-name", "--egress {egress}", severity="low",
       why="the machine's own name instead of a random one")
def host_name(world):
    told = f"{world.word()}-laptop.local" if world.fact("not random") else mdns_name(world)
    page_in_tunnel(world).candidate("host", (told, world.port()),
                                    own=world.fact("the client's own words"))


@scene("mdns-candidate-malformed/hit-old-uuid", "--egress {egress}", severity="low",
       why="a UUID of version 1 has the time and the hardware address in it")
def old_uuid(world):
    name = mdns_name(world)
    told = name[:14] + "1" + name[15:] if world.fact("version") else name
    page_in_tunnel(world).candidate("host", (told, world.port()))


@scene("mdns-candidate-malformed/hit-many", "--egress {egress}", severity="low",
       why="so many names in one gathering that they count networks")
def many(world):
    page, ufrag = page_in_tunnel(world), world.word(4)
    for number in range(5):
        more = browser(ufrag if world.fact("one gathering") else world.word(4))
        page.candidate("host", (mdns_name(world), world.port()), more=more)


@scene("mdns-candidate-malformed/miss-random", "--egress {egress}",
       why="random names, each for UDP and TCP, and another pair in a later gathering")
def random_names(world):
    page = page_in_tunnel(world)
    for _ in range(3):
        ufrag = world.word(4)
        for name in (mdns_name(world), mdns_name(world)):
            page.candidate("host", (name, world.port()), more=browser(ufrag))
            page.candidate("host", (name, 9), transport="tcp", more=" tcptype active" +
                           browser(ufrag))


# webrtc-mode (D23)

def gathering(world, page, *lines, unended=False):
    """A clean description, candidates one by one, and that these are all."""
    ufrag = world.word(4)
    page.offer(ufrag=ufrag)
    for kind, told, behind in lines:
        page.candidate(kind, (told, world.port()), behind and (behind, 9), more=browser(ufrag))
    if not unended:
        page.say(end_of_candidates())


@scene("webrtc-mode/hit-all-networks", ALL, severity="medium",
       why="mode 1: addresses of two networks")
def mode_1(world):
    gathering(world, page_in_tunnel(world), ("host", world.laptop, None),
              ("host", world.inner, None), ("srflx", world.egress, "0.0.0.0"),
              unended=not world.fact("end of candidates"))


@scene("webrtc-mode/hit-default-route", ALL, severity="info",
       why="mode 2: a hidden host candidate and a reflexive one")
def mode_2(world):
    gathering(world, page_in_tunnel(world), ("host", mdns_name(world), None),
              ("srflx", world.egress, "0.0.0.0"), unended=not world.fact("end of candidates"))


@scene("webrtc-mode/hit-public-only", ALL, severity="info",
       why="mode 3: a reflexive candidate and no host candidate; all in one description")
def mode_3(world):
    lines = (candidate("srflx", (world.egress, world.port()), ("0.0.0.0", 0)),
             candidate("relay", (world.turn, world.port()), (world.egress, 9)))
    page_in_tunnel(world).offer(*lines, end=world.fact("end of candidates"))


@scene("webrtc-mode/hit-proxied", ALL, severity="info", why="mode 4: a relayed candidate alone")
def mode_4(world):
    gathering(world, page_in_tunnel(world), ("relay", world.turn, world.egress),
              unended=not world.fact("end of candidates"))


@scene("webrtc-mode/miss-unfinished", ALL, severity="info",
       why="candidates may still come: nothing to infer")
def unfinished(world):
    gathering(world, page_in_tunnel(world), ("host", mdns_name(world), None), unended=True)


@scene("webrtc-mode/miss-sip", ALL, severity="low", why="a phone has no such setting")
def mode_sip(world):
    body = sdp((candidate("host", (world.laptop, world.port())),), end=True)
    world.physical().udp((world.laptop, SIP_PORT), (world.web, SIP_PORT),
                         sip_request("INVITE", "sip:bob@example.com", "phone.invalid:5060",
                                     body=body.encode()))


# candidate-shape (D24)

@scene("candidate-shape/hit-none", ALL, severity="info", why="an end, and no candidate before it")
def shape_none(world):
    gathering(world, page_in_tunnel(world), unended=not world.fact("end of candidates"))


@scene("candidate-shape/hit-relay-only", ALL, severity="info",
       why="relayed candidates alone, though no policy asks for it")
def shape_relay(world):
    page = page_in_tunnel(world)
    if world.fact("nothing else"):
        gathering(world, page, ("relay", world.turn, world.egress))
    else:
        gathering(world, page, ("host", mdns_name(world), None),
                  ("relay", world.turn, world.egress))


@scene("candidate-shape/hit-bare-beside-names", ALL, severity="medium",
       why="a bare LAN address beside hidden ones")
def shape_beside(world):
    told = world.laptop if world.fact("bare") else mdns_name(world)
    gathering(world, page_in_tunnel(world), ("host", mdns_name(world), None),
              ("host", told, None))


@scene("candidate-shape/hit-no-nat", "--egress {isp} --min-severity info --client {isp}",
       severity="info", why="the reflexive address is the one that the client sends from")
def shape_no_nat(world):
    page = Page(world, world.physical(), world.isp, world.web)
    told = world.isp if world.fact("own address") else world.egress
    page.offer(candidate("host", (mdns_name(world), world.port())),
               candidate("srflx", (told, world.port()), ("0.0.0.0", 0)),
               end=world.fact("end of candidates"))


@scene("candidate-shape/miss-usual", ALL, severity="info",
       why="hidden host, reflexive and relayed candidates")
def shape_usual(world):
    gathering(world, page_in_tunnel(world), ("host", mdns_name(world), None),
              ("srflx", world.egress, "0.0.0.0"), ("relay", world.turn, world.egress))


@scene("candidate-shape/miss-ipv6", ALL + " --client {laptop6} --egress {laptop6}",
       severity="info", why="IPv6 knows no NAT: the reflexive address is the client's own")
def shape_ipv6(world):
    page = Page(world, world.physical(), world.laptop6, world.web6)
    gathering(world, page, ("host", mdns_name(world), None), ("srflx", world.laptop6, "::"))


@scene("candidate-shape/miss-relay-wanted", ALL + " --relay-only", severity="info",
       why="the policy asks for relayed candidates only")
def shape_wanted(world):
    gathering(world, page_in_tunnel(world), ("relay", world.turn, world.egress))
