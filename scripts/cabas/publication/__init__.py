"""Seul endroit qui écrit sur le disque : étapes de construction, écriture atomique, MkDocs, Pelican, liens."""
