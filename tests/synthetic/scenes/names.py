"""Names: who is asked for them, by which way, and what the LAN hears."""
from ..say import (client_subnet, dns_answer, dns_query, dns_stream, http_connect, mdns_answer,
                   nbns_query, socks5_accept, socks5_hello, socks5_reply, socks5_request,
                   tls_hello, wireguard_data, wireguard_init, wireguard_response, HTTP_CONNECTED, candidate, dhcp, http_post, offer, sdp)
from ..scene import scene
from ..wire import RAW_IP, Connection
from .observed import WIREGUARD_PORT
from .srflx import gather

DNS, DOT, HTTPS, MDNS, LLMNR, NBNS = 53, 853, 443, 5353, 5355, 137
AAAA = 28
RESOLVER_NAME = "cloudflare-dns.com"  # SNI that tells DNS over HTTPS


def host(world):
    return f"{world.word()}.example"


def uuid(world):
    raw = world.draw.randbytes(16).hex()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


def ask(world, face, source, resolver, name, answers=None, kind=1, more=b"", macs=None):
    """A question over UDP, and its answer unless that is None."""
    number, client = world.draw.randrange(1, 65536), (source, world.port())
    face.udp(client, (resolver, DNS), dns_query(number, name, kind, more, bool(more)),
             macs=macs)
    world.wait(0.02)
    if answers is not None:
        face.udp((resolver, DNS), client, dns_answer(number, name, answers))
    world.wait(0.01)


def inside(world):
    """A tunnel's interface, and its resolver answering there."""
    tun = world.tunnel()
    ask(world, tun, world.inner, world.inner_gateway, host(world), [world.web])
    world.wait(1)
    return tun


def dial(world, eth):
    """WireGuard comes up and carries something both ways. Returns its ends."""
    ends = (world.laptop, world.port()), (world.vpn, WIREGUARD_PORT)
    eth.udp(*ends, wireguard_init())
    world.wait(0.03)
    eth.udp(*reversed(ends), wireguard_response())
    carry(world, eth, ends)
    return ends


def carry(world, eth, ends):
    for counter in range(4):
        world.wait(0.05)
        eth.udp(*ends, wireguard_data(counter))
        eth.udp(*reversed(ends), wireguard_data(counter, 0x11111111))


def tls(world, face, source, server, port, name=None, alpn=()):
    connection = Connection(face, (source, world.port()), (server, port))
    connection.send(tls_hello(name, alpn))
    connection.close()


# dns-outside-tunnel

@scene("dns-outside-tunnel/hit-beside-tunnel", severity="high",
       why="a tunnel is up, and a public resolver is asked beside it")
def beside_tunnel(world):
    eth = world.physical()
    if world.fact("tunnel"):
        inside(world)
    for _ in range(2):
        name = host(world)
        ask(world, eth, world.laptop, world.isp_resolver, name, [world.web])
        ask(world, eth, world.laptop, world.isp_resolver, name, [], AAAA)


@scene("dns-outside-tunnel/hit-tunnels-resolver", severity="high",
       why="the tunnel's own resolver is asked on the physical interface, from the LAN address")
def tunnels_resolver(world):
    eth = world.physical()
    if world.fact("tunnel"):
        inside(world)
    ask(world, eth, world.laptop, world.inner_gateway, host(world))


@scene("dns-outside-tunnel/hit-lan-resolver", severity="medium",
       why="the router is asked beside the tunnel; where it asks on is not seen")
def lan_resolver(world):
    eth = world.physical()
    if world.fact("tunnel"):
        inside(world)
    ask(world, eth, world.laptop, world.gateway, host(world), [world.web])


@scene("dns-outside-tunnel/hit-over-tcp", "--tunnel {tunnel}", severity="high",
       why="DNS over TCP, on a link where no tunnel was ever seen")
def over_tcp(world):
    eth = world.physical()
    connection = Connection(eth, (world.laptop, world.port()), (world.resolver, DNS))
    if world.fact("question"):
        connection.send(dns_stream(dns_query(7, host(world))))
    connection.close()


@scene("dns-outside-tunnel/hit-tunnel-lost", severity="high",
       why="WireGuard's handshakes are not answered any more; names are asked for in clear")
def tunnel_lost(world):
    eth = world.physical()
    if world.fact("tunnel"):
        ends = dial(world, eth)
        for _ in range(3):
            world.wait(5)
            eth.udp(*ends, wireguard_init())
    for _ in range(2):
        ask(world, eth, world.laptop, world.isp_resolver, host(world), [world.web])
        world.wait(10)


@scene("dns-outside-tunnel/miss-vpn-host", "--tunnel {tunnel}",
       why="the VPN's own host is looked up, then dialled; again when it is lost, in vain")
def vpn_host(world):
    eth, name = world.physical(), f"vpn.{host(world)}"
    for _ in range(2):
        ask(world, eth, world.laptop, world.isp_resolver, name, [world.vpn])
        ask(world, eth, world.laptop, world.isp_resolver, name, [], AAAA)
        dial(world, eth)
        world.wait(60)
    ask(world, eth, world.laptop, world.isp_resolver, name)
    world.wait(10)


@scene("dns-outside-tunnel/miss-before-tunnel", "--tunnel {tunnel}",
       why="what is asked before the tunnel is up is the start-up window's")
def before_tunnel(world):
    eth = world.physical()
    for name in ("connectivitycheck.gstatic.com", host(world), host(world)):
        ask(world, eth, world.laptop, world.gateway, name, [world.web])
        world.wait(2)
    inside(world)


@scene("dns-outside-tunnel/miss-before-handshake", "--tunnel {tunnel}",
       why="the physical side alone: the tunnel is dialled by its address after some lookups")
def before_handshake(world):
    eth = world.physical()
    for source in (world.laptop, world.laptop6):
        to = world.stun6 if source == world.laptop6 else world.isp_resolver
        ask(world, eth, source, to, host(world), [world.web],
            macs=(eth.mac(world.laptop), eth.router))
        world.wait(3)
    dial(world, eth)
    world.wait(30)


@scene("dns-outside-tunnel/hit-mid-session", "--tunnel {tunnel}", severity="high",
       why="the capture began while the tunnel was up: its data comes after the question")
def mid_session(world):
    eth = world.physical()
    if world.fact("question"):
        ask(world, eth, world.laptop, world.isp_resolver, host(world), [world.web])
    carry(world, eth, ((world.laptop, world.port()), (world.vpn, WIREGUARD_PORT)))


@scene("dns-outside-tunnel/miss-idle-tunnel",
       why="an interface of the system's own that looks like a tunnel, and carries nothing")
def idle_tunnel(world):
    eth = world.physical()
    world.tunnel()
    ask(world, eth, world.laptop, world.gateway, host(world), [world.web])


@scene("dns-outside-tunnel/miss-neighbour",
       why="the tunnel is of the host that captured; a neighbour asks the router")
def neighbour(world):
    eth = world.physical()
    dial(world, eth)
    inside(world)
    ask(world, eth, world.lan_host, world.gateway, host(world), [world.web])
    world.wait(10)


@scene("dns-outside-tunnel/miss-mesh",
       why="an interface of Tailscale's carries what is for its members, and nothing else")
def mesh(world):
    eth = world.physical()
    face = world.scene.interface("tailscale0", RAW_IP)
    ask(world, face, world.inner, "100.100.100.100", f"{world.word()}.ts.example", [world.inner])
    ask(world, eth, world.laptop, world.gateway, host(world), [world.web])


@scene("dns-outside-tunnel/hit-inner-address", severity="high",
       why="a socket bound to the tunnel's address asks its resolver on the physical interface")
def inner_address(world):
    eth = world.physical()
    if world.fact("tunnel"):
        inside(world)
    ask(world, eth, world.inner, world.inner_gateway, host(world))


@scene("dns-outside-tunnel/hit-lost-resolver", "--tunnel {tunnel}", severity="high",
       why="a private resolver in another network is asked on the physical interface, in vain")
def lost_resolver(world):
    eth = world.physical()
    if world.fact("question"):
        ask(world, eth, world.laptop, world.inner_gateway, host(world))


@scene("dns-outside-tunnel/miss-inside", "--tunnel {tunnel}",
       why="two resolvers, both asked inside the tunnel")
def both_inside(world):
    world.physical()
    tun = inside(world)
    ask(world, tun, world.inner, world.resolver, host(world), [world.web])


@scene("dns-outside-tunnel/miss-stun-on-port-53", "--tunnel {tunnel}", severity="critical",
       why="STUN on port 53 is no question for a name")
def stun_on_port_53(world):
    eth = world.physical()
    inside(world)
    gather(world, eth, world.laptop, world.stun, world.isp, DNS)


@scene("dns-outside-tunnel/miss-local-names",
       why="names that only the LAN knows, asked of its resolver beside the tunnel")
def local_names(world):
    eth = world.physical()
    inside(world)
    for name in (f"{world.word()}.corp.local", world.word(), f"{world.word()}.home.arpa",
                 "1.77.168.192.in-addr.arpa"):
        ask(world, eth, world.laptop, world.gateway, name, [world.lan_host])


@scene("dns-outside-tunnel/miss-listed", "--tunnel {tunnel} --resolver {gateway}",
       why="the policy has the client ask the router")
def listed(world):
    eth = world.physical()
    ask(world, world.tunnel(), world.inner, world.gateway, host(world), [world.web])
    ask(world, eth, world.laptop, world.gateway, host(world), [world.web])


@scene("dns-outside-tunnel/miss-probes",
       why="the system asks for its connectivity checks and clocks beside the tunnel: info")
def probes(world):
    eth = world.physical()
    inside(world)
    for name in ("connectivitycheck.gstatic.com", "www.msftconnecttest.com", "2.debian.pool.ntp.org"):
        ask(world, eth, world.laptop, world.isp_resolver, name, [world.web])


@scene("dns-outside-tunnel/miss-multicast",
       why="mDNS, LLMNR and NetBIOS stay in the LAN")
def multicast(world):
    eth = world.physical()
    inside(world)
    lan_talk(world, eth)


@scene("dns-outside-tunnel/miss-no-tunnel",
       why="no tunnel is known: asking the provider's resolver is ordinary")
def no_tunnel(world):
    eth = world.physical()
    ask(world, eth, world.laptop, world.isp_resolver, host(world), [world.web])


# unlisted-resolver

@scene("unlisted-resolver/hit-inside", "--tunnel {tunnel} --resolver {inner_gateway}",
       severity="low", why="another resolver than the one listed, inside the tunnel")
def unlisted_inside(world):
    tun = world.tunnel()
    ask(world, tun, world.inner, world.inner_gateway, host(world), [world.web])
    other = world.resolver if world.fact("it is not listed") else world.inner_gateway
    ask(world, tun, world.inner, other, host(world), [world.web])


@scene("unlisted-resolver/hit-no-tunnel", "--resolver {gateway}", severity="medium",
       why="no tunnel is expected, but the router is meant to be asked")
def unlisted_no_tunnel(world):
    eth = world.physical()
    ask(world, eth, world.laptop, world.gateway, host(world), [world.web])
    other = world.resolver if world.fact("it is not listed") else world.gateway
    ask(world, eth, world.laptop, other, host(world), [world.web])


@scene("unlisted-resolver/hit-https", "--tunnel {tunnel} --resolver {inner_gateway}",
       severity="low", why="DNS over HTTPS inside the tunnel, although a resolver is listed")
def unlisted_https(world):
    tun = world.tunnel()
    name = RESOLVER_NAME if world.fact("the name of a resolver") else host(world)
    tls(world, tun, world.inner, world.resolver, HTTPS, name, ("h2", "http/1.1"))


@scene("unlisted-resolver/miss-no-list", "--tunnel {tunnel}",
       why="a second resolver inside the tunnel, DNS over HTTPS too, and nobody said which")
def no_list(world):
    tun = inside(world)
    ask(world, tun, world.inner, world.resolver, host(world), [world.web])
    tls(world, tun, world.inner, world.resolver, HTTPS, RESOLVER_NAME, ("h2",))


@scene("unlisted-resolver/miss-outside", "--tunnel {tunnel} --resolver {inner_gateway}",
       severity="high", why="asked around the tunnel: dns-outside-tunnel says it all")
def unlisted_outside(world):
    eth = world.physical()
    inside(world)
    ask(world, eth, world.laptop, world.isp_resolver, host(world), [world.web])


# encrypted-dns-outside-tunnel

@scene("encrypted-dns-outside-tunnel/hit-tls", severity="high",
       why="DNS over TLS beside the tunnel, told by its port")
def over_tls(world):
    eth = world.physical()
    if world.fact("tunnel"):
        inside(world)
    tls(world, eth, world.laptop, world.resolver, DOT if world.fact("port") else HTTPS)


@scene("encrypted-dns-outside-tunnel/hit-https", severity="high",
       why="DNS over HTTPS beside the tunnel, told by the resolver's name")
def over_https(world):
    eth = world.physical()
    if world.fact("tunnel"):
        inside(world)
    name = RESOLVER_NAME if world.fact("the name of a resolver") else host(world)
    tls(world, eth, world.laptop, world.resolver, HTTPS, name, ("h2", "http/1.1"))


@scene("encrypted-dns-outside-tunnel/miss-inside",
       why="DNS over HTTPS and TLS inside the tunnel: the user's choice")
def encrypted_inside(world):
    world.physical()
    tun = inside(world)
    tls(world, tun, world.inner, world.resolver, HTTPS, RESOLVER_NAME, ("h2",))
    tls(world, tun, world.inner, world.resolver, DOT)


@scene("encrypted-dns-outside-tunnel/miss-before-tunnel", "--tunnel {tunnel}",
       why="a browser that was there before the tunnel")
def encrypted_before_tunnel(world):
    eth = world.physical()
    tls(world, eth, world.laptop, world.resolver, HTTPS, RESOLVER_NAME, ("h2",))
    world.wait(20)
    inside(world)


# dns-around-proxy

def proxied(world, eth, name, granted=True):
    connection = Connection(eth, (world.laptop, world.port()), (world.proxy, 3128))
    connection.send(http_connect(name))
    if granted:
        connection.reply(HTTP_CONNECTED)
    world.wait(1)


@scene("dns-around-proxy/hit-stun-name", "--proxy {proxy}", severity="medium",
       why="pages go through an HTTP proxy by name; a STUN server is looked up locally")
def stun_name(world):
    eth = world.physical()
    if world.fact("names given to the proxy"):
        proxied(world, eth, host(world))
    name = f"stun.{host(world)}"
    ask(world, eth, world.laptop, world.gateway, name, [world.stun])
    ask(world, eth, world.laptop, world.gateway, name, [], AAAA)


@scene("dns-around-proxy/hit-observed", severity="low",
       why="the same, and nobody declared the proxy")
def proxy_observed(world):
    eth = world.physical()
    proxied(world, eth, host(world), world.fact("the proxy grants"))
    ask(world, eth, world.laptop, world.isp_resolver, f"stun.{host(world)}", [world.stun])


@scene("dns-around-proxy/miss-proxy-host", "--proxy {proxy}",
       why="the proxy's own host is looked up")
def proxy_host(world):
    eth = world.physical()
    ask(world, eth, world.laptop, world.gateway, f"proxy.{host(world)}", [world.proxy])
    proxied(world, eth, host(world))
    world.wait(10)


@scene("dns-around-proxy/miss-addresses", "--proxy {proxy}",
       why="SOCKS with addresses: the client has to look names up itself")
def socks_addresses(world):
    eth = world.physical()
    ask(world, eth, world.laptop, world.gateway, host(world), [world.web])
    connection = Connection(eth, (world.laptop, world.port()), (world.proxy, 1080))
    connection.send(socks5_hello())
    connection.reply(socks5_accept())
    connection.send(socks5_request(1, (world.web, HTTPS)))
    connection.reply(socks5_reply())
    world.wait(10)


# client-subnet

def network(address, bits=24):
    """Of an IPv4 address, /24."""
    return client_subnet(address.rpartition(".")[0] + ".0", bits)


@scene("client-subnet/hit-inside", "--egress {egress}", severity="medium",
       why="a question inside the tunnel tells the provider's network")
def subnet_inside(world):
    tun = world.tunnel()
    more = client_subnet(world.isp, 32) if world.fact("client subnet") else b""
    ask(world, tun, world.inner, world.resolver, host(world), [world.web], more=more)


@scene("client-subnet/hit-learned", severity="critical",
       why="nothing is declared: STUN around the tunnel tells the address that the subnet holds")
def subnet_learned(world):
    eth, tun = world.physical(), world.tunnel()
    gather(world, tun, world.inner, world.stun, world.egress)
    if world.fact("the real address"):
        gather(world, eth, world.laptop, world.stun, world.isp)
    more = client_subnet(world.isp, 32)
    ask(world, tun, world.inner, world.resolver, host(world), [world.web], more=more)


@scene("client-subnet/miss-opt-out", "--egress {egress}",
       why="a source prefix of /0 asks resolvers to tell nothing")
def subnet_opt_out(world):
    tun = world.tunnel()
    more = client_subnet(world.isp, 0)
    ask(world, tun, world.inner, world.resolver, host(world), [world.web], more=more)


@scene("client-subnet/miss-exit", "--egress {egress}",
       why="the subnet is that of the exit; another one is of the LAN and tells nobody anything")
def subnet_exit(world):
    tun = world.tunnel()
    for address in (world.egress, world.laptop):
        ask(world, tun, world.inner, world.resolver, host(world), [world.web],
            more=network(address))


@scene("client-subnet/miss-unknown", "--tunnel {tunnel}",
       why="nothing is known that the subnet could be compared with")
def subnet_unknown(world):
    tun = world.tunnel()
    ask(world, tun, world.inner, world.resolver, host(world), [world.web],
        more=network(world.egress))


# Names of the LAN, and of candidates

def everybody(port):
    return {MDNS: ("224.0.0.251", MDNS), LLMNR: ("224.0.0.252", LLMNR),
            NBNS: ("192.168.77.255", NBNS)}[port]


def lan_talk(world, eth):
    """What a desktop says by itself."""
    eth.udp((world.laptop, MDNS), everybody(MDNS), mdns_answer("anna-laptop.local", world.laptop))
    eth.udp((world.laptop, world.port()), everybody(LLMNR), dns_query(5, "fileserver"))
    eth.udp((world.laptop, NBNS), everybody(NBNS), nbns_query(6, "wpad"))
    world.wait(1)


@scene("lan-names/hit-desktop", "--min-severity info", severity="info",
       why="its own name by mDNS, others by LLMNR and NetBIOS, beside a tunnel")
def desktop(world):
    eth = world.physical()
    if world.fact("tunnel"):
        inside(world)
    lan_talk(world, eth)


@scene("lan-names/hit-lease", "--tunnel {tunnel} --min-severity info", severity="info",
       why="the host name goes with a DHCP request that renews a lease")
def lease(world):
    eth = world.physical()
    mac = eth.mac(world.laptop)
    name = [(12, b"anna-laptop")] if world.fact("host name") else []
    request = bytearray(dhcp(3, mac, options=name))
    request[12:16] = bytes(int(part) for part in world.laptop.split("."))  # ciaddr
    eth.udp((world.laptop, 68), (world.gateway, 67), bytes(request))


@scene("lan-names/miss-no-tunnel", "--min-severity info",
       why="no tunnel is known: names in the LAN are ordinary")
def desktop_no_tunnel(world):
    lan_talk(world, world.physical())


@scene("lan-names/miss-hidden-host", "--min-severity info", severity="info",
       why="a name that hides a candidate, which hidden-host-announced tells")
def hidden_beside(world):
    eth = world.physical()
    inside(world)
    eth.udp((world.laptop, MDNS), everybody(MDNS), mdns_answer(f"{uuid(world)}.local", world.laptop))


@scene("hidden-host-announced/hit-signalled", "--min-severity info", severity="info",
       why="the browser announces a name for its address, and signals a candidate of that name")
def hidden_signalled(world):
    eth, name = world.physical(), f"{uuid(world)}.local"
    if world.fact("announcement"):
        eth.udp((world.laptop, MDNS), everybody(MDNS), mdns_answer(name, world.laptop))
    body = offer(sdp([candidate("host", (name, world.port()))]))
    connection = Connection(eth, (world.laptop, world.port()), (world.web, 80))
    connection.send(http_post("app.example", "/call", "application/json", body))
    connection.close()


@scene("hidden-host-announced/miss-goodbye", "--min-severity info",
       why="a name taken back, one without an address, and one of a printer")
def hidden_goodbye(world):
    eth = world.physical()
    for name, address, ttl in ((f"{uuid(world)}.local", world.laptop, 0),
                               (f"{uuid(world)}.local", "0.0.0.0", 120),
                               ("printer.local", world.laptop, 120)):
        eth.udp((world.laptop, MDNS), everybody(MDNS), mdns_answer(name, address, ttl))
        world.wait(1)


@scene("hidden-host-asked/hit-resolver", severity="low",
       why="the peer's mDNS name is asked of the resolver inside the tunnel")
def hidden_asked(world):
    tun = inside(world)
    name = f"{uuid(world)}.local" if world.fact("a name of that form") else host(world)
    ask(world, tun, world.inner, world.inner_gateway, name, [])


@scene("hidden-host-asked/miss-mdns",
       why="the same name is asked by mDNS; a company's .local zone of its resolver")
def hidden_asked_mdns(world):
    eth = world.physical()
    tun = inside(world)
    eth.udp((world.laptop, MDNS), everybody(MDNS), dns_query(0, f"{uuid(world)}.local"))
    ask(world, tun, world.inner, world.inner_gateway, f"{world.word()}.corp.local", [world.web])
