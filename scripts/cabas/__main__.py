"""Permet `python -m cabas`."""

from cabas.cli import principal

raise SystemExit(principal())
