"""What goes wrong on a machine is told in one sentence, with what to do."""


class MachineError(Exception):
    """Ends the command with its message and status 1; never with a traceback."""
