"""Photos of a clinic's own exercises: taken in with suspicion, drawn anew, kept by what they hold.

A picture from outside is opened in a process of its own (`worker`, watched by `darkroom`), and only what that process
drew anew is ever stored or sent.
"""
