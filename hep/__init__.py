"""The rules of home exercise, once: what is due, what counts as done, what pain means, what travels on the wire.

Standard library only, no input or output, no clock: `now` and `today` are always arguments.
"""
