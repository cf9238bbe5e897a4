"""The command line of the picture engine."""

import sys

from server.pictures.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
