"""Scenes played: all of them loaded, one made into a capture."""
import importlib
import pkgutil

from . import scenes
from .scene import SCENES
from .world import World


def load():
    """All scenes, by name."""
    for module in sorted(m.name for m in pkgutil.iter_modules(scenes.__path__)):
        importlib.import_module(f"{scenes.__name__}.{module}")
    return SCENES


def play(row, seed=0, without=()):
    """(World, pcapng) of a scene."""
    world = World(seed, without)
    row.play(world)
    return world, world.scene.pcapng(f"synthetic: {row.why}")
