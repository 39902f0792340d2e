"""Ouvrir un fichier sans se faire piéger : ni lien, ni tube, ni fichier géant, ni nom qui efface l'écran."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from cabas.constats import Refus, raison

TAILLE_FICHE = 1_000_000
TAILLE_BON = 8_000_000
PAS_ORDINAIRE = Refus("fichier-special", "Ce n’est pas un fichier ordinaire.", "L’ôter de ce dossier.")
MORCEAU = 1 << 16
_SANS_PIEGE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
ABSENT = Refus("fichier-absent", "Le fichier n’existe pas.", "Le créer, ou vérifier son nom.")


def nom_lisible(nom: str) -> str:
    """Un nom de fichier sans caractère de contrôle, que l'on peut afficher."""
    return nom if nom.isprintable() else "".join(lettre if lettre.isprintable() else f"\\x{ord(lettre):02x}" for lettre in nom)


def lire_octets(chemin: Path | str, maximum: int) -> bytes | Refus:
    """Les octets d'un fichier ordinaire d'au plus `maximum` octets, ou un refus : `fichier-lien`, `fichier-special`,
    `fichier-trop-gros`, `fichier-inaccessible`.
    """
    try:
        descripteur = os.open(chemin, _SANS_PIEGE)
    except OSError as erreur:
        if erreur.errno in (errno.ELOOP, errno.EMLINK) or os.path.islink(chemin):  # noqa: PTH114 (un chemin peut être un texte)
            return Refus("fichier-lien", "C’est un lien vers un autre fichier.", "Mettre le fichier lui-même à cette place.")
        if erreur.errno == errno.ENOENT:
            return ABSENT
        return Refus("fichier-inaccessible", f"Le fichier ne s’ouvre pas ({raison(erreur)}).", "Vérifier les droits du fichier.")
    try:
        etat = os.fstat(descripteur)
        if not stat.S_ISREG(etat.st_mode):
            return PAS_ORDINAIRE
        if etat.st_size > maximum:
            return trop_gros(f"{etat.st_size / 1_000_000:.0f} Mo", maximum)
        # Le plus court chemin (un objet fichier doublerait ce temps) : d'ordinaire, un appel rend tout, et le suivant rien.
        octets = os.read(descripteur, etat.st_size + 1)
        while len(octets) <= maximum and (suite := os.read(descripteur, MORCEAU)):
            octets += suite
    except OSError as erreur:
        return Refus("fichier-inaccessible", f"La lecture échoue ({raison(erreur)}).", "Recopier le fichier.")
    finally:
        os.close(descripteur)
    return octets


def trop_gros(pese: str, maximum: int) -> Refus:
    """Le refus d'un fichier qui pèse plus de `maximum` octets."""
    return Refus(
        "fichier-trop-gros",
        f"Le fichier pèse {pese} ; le plus gros admis pèse {maximum // 1_000_000} Mo.",
        "Vérifier que c’est bien le bon fichier, ou le découper.",
    )


def decoder_utf8(octets: bytes) -> str | Refus:
    """Un texte UTF-8 (marque d'ordre admise) sans octet nul, ou un refus `encodage`."""
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        ligne = octets.count(b"\n", 0, erreur.start) + 1
        return Refus(
            "encodage",
            f"Le fichier n’est pas en UTF-8 (premier caractère fautif à la ligne {ligne}).",
            "L’enregistrer de nouveau en choisissant l’encodage UTF-8.",
        )
    if "\0" in texte:
        return Refus("encodage", "Le fichier contient des octets nuls : ce n’est pas du texte.", "L’enregistrer de nouveau comme texte UTF-8.")
    return texte
