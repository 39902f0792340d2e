"""Le plus petit programme à options : ce que coûte Python avec argparse, avant de rien faire d'utile."""

import argparse

analyseur = argparse.ArgumentParser(description="Rien.")
analyseur.add_argument("--depot")
analyseur.parse_args()
