"""A clinic's own exercises and their photos as one zip file: written plainly, read with suspicion.

The form: `library.json` (which form, and which exercises are retired), `exercises/<id>.json` (the exercise as the API
gives it) and `photos/<sha256>.webp`. Reading names what is wrong entry by entry, and takes all or nothing.
"""
