"""Two legs of signalling, and what a server in between takes out of one (D22)."""
from ..page import Page, browser
from ..say import candidate
from ..scene import scene


class Call:
    """The laptop offers by way of the server; another host of the LAN is told."""

    def __init__(self, world):
        self.world, self.ufrag = world, world.word(4)
        eth = world.physical()
        self.caller = Page(world, eth, world.laptop, world.web)
        self.called = Page(world, eth, world.lan_host, world.web)

    def line(self, kind, address, more=""):
        return candidate(kind, (address, self.world.port()), ("0.0.0.0", 0), more=more)

    def offer(self, *lines):
        self.caller.offer(*lines, ufrag=self.ufrag)

    def pass_on(self, *lines):
        self.called.offer(*lines, own=False, ufrag=self.ufrag)

    def trickle(self, kind, address, passed=True):
        words = (kind, (address, self.world.port()), ("0.0.0.0", 0))
        self.caller.candidate(*words, more=browser(self.ufrag))
        if passed:
            self.called.candidate(*words, own=False, more=browser(self.ufrag))


@scene("sanitiser-bypass/hit-trickled", "--egress {egress}", severity="critical",
       why="reflexive candidates are taken out of the offer, and passed on when trickled")
def trickled(world):
    call = Call(world)
    lines = [call.line("srflx", world.isp), call.line("relay", world.turn)]
    call.offer(*lines)
    call.pass_on(*(lines[1:] if world.fact("taken out") else lines))
    call.trickle("srflx", world.isp, passed=world.fact("passed on"))


@scene("sanitiser-bypass/hit-later-offer", "--egress {egress}", severity="critical",
       why="the first offer is clean, a later one of the same session is not")
def later_offer(world):
    call = Call(world)
    lines = [call.line("srflx", world.isp), call.line("relay", world.turn)]
    call.offer(*lines)
    call.pass_on(lines[1])
    world.wait(3)
    call.offer(*lines)
    call.pass_on(*(lines if world.fact("passed on") else lines[1:]))


@scene("sanitiser-bypass/miss-consistent", "--egress {egress}", severity="critical",
       why="what is taken out of the offer is kept back when trickled, too")
def consistent(world):
    call = Call(world)
    lines = [call.line("srflx", world.isp), call.line("relay", world.turn)]
    call.offer(*lines)
    call.pass_on(lines[1])
    call.trickle("srflx", world.isp, passed=False)
    call.trickle("relay", world.turn)


@scene("sanitiser-bypass/miss-no-sanitiser", "--egress {egress}", severity="critical",
       why="everything is passed on: no leak of the server's")
def no_sanitiser(world):
    call = Call(world)
    lines = [call.line("srflx", world.isp), call.line("relay", world.turn)]
    call.offer(*lines)
    call.pass_on(*lines)
    call.trickle("srflx", world.isp)


@scene("sanitiser-bypass/miss-gathered-later", "--egress {egress}", severity="critical",
       why="the offer passed on is the one from before the reflexive candidate was there")
def gathered_later(world):
    call = Call(world)
    relay = call.line("relay", world.turn)
    call.offer(relay)
    call.offer(relay, call.line("srflx", world.isp))
    call.pass_on(relay)
    call.trickle("srflx", world.isp)


@scene("sanitiser-bypass/miss-one-of-two", "--egress {egress}", severity="critical",
       why="one of two reflexive candidates is dropped: that is no rule against their kind")
def one_of_two(world):
    call = Call(world)
    lines = [call.line("srflx", world.isp), call.line("srflx", world.isp),
             call.line("relay", world.turn)]
    call.offer(*lines)
    call.pass_on(*lines[1:])
    call.trickle("srflx", world.isp)
