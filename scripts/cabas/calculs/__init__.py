"""Calculs purs : mêmes entrées, même résultat. Ni fichier, ni git, ni horloge, ni réseau."""
