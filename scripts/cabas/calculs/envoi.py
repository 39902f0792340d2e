"""Où part un bon rempli en ligne : l'adresse mail, le service, ce qui lui manque. La page, le papier et les contrôles le lisent ici.

Entre : un groupement. Sort : des faits. Les adresses et les champs exigés sont ceux que chaque service documente.
"""

from __future__ import annotations

from cabas.modele import Groupement
from cabas.service import Service

ADRESSES = {"web3forms": "https://api.web3forms.com/submit", "netlify": "index.html"}
"""L'adresse d'un genre qui n'en a qu'une. Netlify reçoit sur le site lui-même."""
EXIGES = {"web3forms": "access_key", "netlify": "form-name"}
"""Le champ sans lequel un genre refuse tout envoi."""
A_NOUS = ("commande", "groupement", "bon", "envoye_le", "cellule", "nom", "telephone", "courriel", "creneau", "tarif", "remarque")
"""Les champs que la page envoie elle-même, avec `q-<ref>` et `t-<ref>`."""


def contact(groupement: Groupement) -> str:
    """L'adresse mail du groupement ; vide s'il n'en donne pas."""
    return groupement.reponse if "@" in groupement.reponse and "://" not in groupement.reponse else ""


def service(groupement: Groupement) -> Service | None:
    """Le service prêt à servir, son adresse comprise ; `None` s'il n'y en a pas, ou s'il est à moitié rempli."""
    if groupement.service is None:
        return Service("simple", groupement.reponse) if groupement.reponse.startswith("https://") else None
    if manques(groupement.service):
        return None
    return groupement.service._replace(adresse=_adresse(groupement.service))


def hote(un: Service) -> str:
    """« formspree.io » : chez qui passe le bon. Netlify garde ce que reçoit le site qu'il héberge."""
    return "netlify.com" if un.genre == "netlify" else un.adresse.partition("://")[2].partition("/")[0].partition("?")[0]


def origine(un: Service | None) -> str:
    """À qui la page a le droit de parler, pour `Content-Security-Policy` : « https://formspree.io », le site lui-même, ou personne."""
    if un is None:
        return "'none'"
    return "/".join(un.adresse.split("/")[:3]) if "://" in un.adresse else "'self'"


def manques(un: Service) -> list[str]:
    """Ce qui empêche de s'en servir, une phrase par manque ; vide si tout y est."""
    noms = [champ.nom for champ in un.champs]
    dits = [] if _adresse(un) else [f"il manque l’adresse que donne {un.genre}"]
    exige = EXIGES.get(un.genre)
    if exige and not any(champ.nom == exige and champ.valeur for champ in un.champs):
        dits.append(f"{un.genre} attend un champ « {exige} »")
    dits += [f"le champ « {nom} » est déjà celui du bon" for nom in noms if nom in A_NOUS or nom.startswith(("q-", "t-"))]
    dits += [f"le champ « {nom} » y est deux fois" for nom in sorted({nom for nom in noms if noms.count(nom) > 1})]
    return dits


def _adresse(un: Service) -> str:
    return un.adresse or ADRESSES.get(un.genre, "")
