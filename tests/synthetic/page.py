"""A page and its signalling server: what a client says, and what it is told, readable for all."""
from .say import (HTTP_CONNECTED, WEBSOCKET_UPGRADED, candidate, http_answer, http_connect,
                  http_post, offer, sdp, trickle, websocket_text, websocket_upgrade)
from .wire import Connection

PORT, PROXY_PORT = 8080, 3128


class Page:
    """A WebSocket from `client` to `server`, seen on `face`; through a proxy by CONNECT."""

    def __init__(self, world, face, client, server, proxy=None):
        self.world = world
        self.client = (client, world.port())
        self.wire = Connection(face, self.client, (proxy, PROXY_PORT) if proxy else (server, PORT))
        if proxy:
            self.wire.send(http_connect(server, PORT))
            self.wire.reply(HTTP_CONNECTED)
        self.wire.send(websocket_upgrade(f"{server}:{PORT}", "/call"))
        self.wire.reply(WEBSOCKET_UPGRADED)

    def say(self, message):
        self.wire.send(websocket_text(message, self.world.draw.randbytes(4)))
        self.world.wait(0.05)

    def hear(self, message):
        self.wire.reply(websocket_text(message))
        self.world.wait(0.05)

    def candidate(self, *words, own=True, **more):
        """One candidate, as candidate() has it, trickled: the client's or its peer's."""
        (self.say if own else self.hear)(trickle(candidate(*words, **more)))

    def offer(self, *candidates, own=True, kind="offer", **more):
        (self.say if own else self.hear)(offer(sdp(candidates, **more), kind))


def mdns_name(world):
    """A name as browsers make it: a random UUID of version 4."""
    digits = world.draw.randbytes(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}.local"


def browser(ufrag):
    """What Chromium writes behind a candidate."""
    return f" generation 0 ufrag {ufrag} network-cost 999"


def whip(world, face, client, server, description, answer=None):
    """A description posted to a media server, and the answer (RFC 9725)."""
    wire = Connection(face, (client, world.port()), (server, PORT))
    wire.send(http_post(f"{server}:{PORT}", "/whip/live", "application/sdp", description.encode()))
    if answer:
        wire.reply(http_answer("application/sdp", answer.encode(), "201 Created"))
    wire.close()
