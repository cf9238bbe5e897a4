"""The exercise library's own pictures, drawn from `assets/exercises/<id>/pose.json` while the product is built.

Needs numpy and Pillow, both installed for development only: the running server shows the drawn files and never
imports this package. The format is described in docs/pictures.md.
"""
