"""Permet `python -m cabas`."""

from cabas.cli import lancer

lancer()
