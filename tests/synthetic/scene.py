"""The list of scenes: each a function that plays packets into a World."""

SCENES = {}  # "<detection>/<hit or miss>-<name>": Row


class Row:
    def __init__(self, name, play, arguments, why, severity, policy):
        self.name, self.play, self.arguments, self.why = name, play, arguments, why
        self.severity, self.policy = severity, policy
        self.detection, _, self.file = name.partition("/")
        self.hit = self.file.startswith("hit-")


def scene(name, arguments="", why="", severity="-", policy=""):
    """Registers pcaps/NAME.pcapng. `arguments` are its policy, options of `seep replay` with
    {egress}, {tunnel} ... of the World; `why` says what it shows and stands in the capture, too;
    `severity` is the worst of the alerts that stand, of any detection, "-" for none; `policy` the
    text of a policy file, pcaps/NAME.yaml, with {egress} and so on, too."""
    assert name.partition("/")[2].startswith(("hit-", "miss-")) and why, name

    def register(play):
        assert name not in SCENES, name
        SCENES[name] = Row(name, play, arguments, why, severity, policy)
        return play
    return register
