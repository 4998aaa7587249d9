# Home Assistant runs its own engine under this name; to the type checker it is that engine.
from probatio import *
