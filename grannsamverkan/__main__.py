"""`python -m grannsamverkan` is the command `grannsamverkan`."""

from grannsamverkan.cli import main

main()
