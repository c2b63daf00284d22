"""Who there is in a scene, and where: drawn anew from each seed, so that no detection can know.

Seed 0 has the addresses of pcaps/README.md. A scene asks its World for addresses, ports and
transaction ids, and for each fact that its detection claims to need whether to show it.
"""
import random
from pathlib import Path

from .mmdb import database
from .wire import RAW_IP, Scene

PLAIN = {  # what seed 0 says
    "laptop": "192.168.77.10", "laptop6": "2001:db8:77::10", "lan_host": "192.168.77.20",
    "gateway": "192.168.77.1", "isp": "198.51.100.23", "stun": "192.0.2.10",
    "stun6": "2001:db8:10::10", "turn": "192.0.2.11", "web": "192.0.2.80", "web6": "2001:db8:80::80",
    "peer": "203.0.113.50", "vpn": "203.0.113.7", "egress": "203.0.113.7",
    "egress6": "2001:db8:113::7", "proxy": "203.0.113.99", "inner": "10.8.0.2",
    "inner_gateway": "10.8.0.1", "resolver": "192.0.2.53", "isp_resolver": "198.51.100.53",
}
# From which others are drawn; several share a network only where they do in PLAIN.
NETWORKS = {"home": ("192.168.{}.", "10.77.{}.", "172.20.{}."),
            "inner": ("10.8.{}.", "10.64.{}.", "172.27.{}."),
            "outside": ("192.0.2.", "198.51.100.", "203.0.113.")}
HOME, INNER = ("laptop", "lan_host", "gateway"), ("inner", "inner_gateway")


# Country and network of each, and whether it is everywhere; who is not here, no database knows.
PLACES = {"isp": ("DE", 64500), "isp_resolver": ("DE", 64500), "laptop6": ("DE", 64500),
          "vpn": ("NL", 64501), "egress": ("NL", 64501), "egress6": ("NL", 64501),
          "resolver": ("SE", 64502), "turn": ("US", 64503), "stun": ("AU", 64504, "anycast")}
BUILD = Path(__file__).resolve().parents[2] / "build" / "synthetic"


class World:
    """`without`: the facts not to show."""

    def __init__(self, seed=0, without=()):
        self.seed, self.without, self.facts = seed, set(without), []
        self.draw = random.Random(f"seep {seed}")
        self.scene = Scene()
        self.at = dict(PLAIN) if seed == 0 else self.drawn()
        self.names = {"tunnel": "tun0" if seed == 0 else self.draw.choice(("tun3", "wg0", "tun7")),
                      "physical": "eth0" if seed == 0 else self.draw.choice(("wlan0", "enp3s0"))}

    def drawn(self):
        home = self.draw.choice(NETWORKS["home"]).format(self.draw.randrange(1, 250))
        inner = self.draw.choice(NETWORKS["inner"]).format(self.draw.randrange(1, 250))
        taken, at = set(), {}
        for who in PLAIN:
            while True:
                text = self.drawn_one(who, home, inner)
                if text not in taken:
                    break
            taken.add(text)
            at[who] = text
        at["egress"] = at["vpn"]  # as with most: it comes out where it ends
        return at

    def drawn_one(self, who, home, inner):
        last = self.draw.randrange(2, 250)
        if who in HOME:
            return home + str(last)
        if who in INNER:
            return inner + str(last)
        if who.endswith("6"):
            return f"2001:db8:{self.draw.randrange(1, 0xffff):x}::{last:x}"
        return self.draw.choice(NETWORKS["outside"]) + str(last)

    def __getattr__(self, who):
        try:
            return self.__dict__["at"][who]
        except KeyError:
            raise AttributeError(who) from None

    def fact(self, name):
        """Is this fact to be shown? Without any one of its facts a hit is none."""
        if name not in self.facts:
            self.facts.append(name)
        return name not in self.without

    def port(self):
        return self.draw.randrange(20000, 60000)

    def txid(self):
        return self.draw.randbytes(12)

    def word(self, length=8):
        return "".join(self.draw.choice("abcdefghijkmnpqrstuvwxyz") for _ in range(length))

    def wait(self, seconds):
        self.scene.wait(seconds)

    def physical(self):
        """The laptop's own link."""
        return self.scene.interface(self.names["physical"])

    def tunnel(self):
        return self.scene.interface(self.names["tunnel"], RAW_IP)

    def geo(self):
        """A database of the places, as a file."""
        BUILD.mkdir(parents=True, exist_ok=True)
        path = BUILD / f"places-{self.seed}.mmdb"
        path.write_bytes(database({self.at[who]: where for who, where in PLACES.items()}))
        return path

    def arguments(self, text):
        """Options of `seep replay` with {egress}, {geo} and the like filled in."""
        return self.filled(text).split()

    def filled(self, text):
        geo = self.geo() if "{geo}" in text else ""
        return text.format(**self.at, **self.names, geo=geo)
