"""Montrer le site sur cet ordinateur : un petit serveur, qui recharge la page quand elle a changé.

Il n'écoute qu'ici (127.0.0.1). Le script de rechargement est ajouté à ce qu'il envoie, jamais à ce qui est dans `site/`.
Chaque page y a la politique de sécurité du site construit ; à défaut, une plus stricte, en en-tête.
"""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cabas.publication import politique

PORTS = range(8000, 8100)
CHANGEMENTS = "/-/changements"
BATTEMENT = 15.0
"""Toutes les quinze secondes, une ligne vide : c'est ainsi que l'on sait qu'une page s'est fermée."""

RECHARGER = f'<script>new EventSource("{CHANGEMENTS}").onmessage = function () {{ location.reload(); }};</script>'.encode()


_ADMIS = f"script-src {politique.NOS_FICHIERS}".encode()
_STRICTE = politique.politique(politique.empreintes(RECHARGER.decode()).values(), ())


class Vitrine:
    """Ce que l'on montre : un site construit, et par-dessus, les pages refaites en vitesse depuis."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self._dessus: dict[str, Path] = {}
        self._version = 0
        self._changement = threading.Condition()

    def fichier(self, chemin: str) -> Path | None:
        """Le fichier à envoyer pour un chemin relatif propre, ou `None`."""
        if chemin in self._dessus:
            return self._dessus[chemin]
        trouve = self.site / chemin
        return trouve if trouve.is_file() else None

    def poser(self, pages: dict[str, Path]) -> None:
        """Montre ces pages par-dessus le site, et recharge les navigateurs."""
        self._dessus = {**self._dessus, **pages}
        self.annoncer()

    def renouveler(self) -> None:
        """Le site vient d'être refait en entier : plus rien par-dessus."""
        self._dessus = {}
        self.annoncer()

    def annoncer(self) -> None:
        """Fait recharger les pages ouvertes."""
        with self._changement:
            self._version += 1
            self._changement.notify_all()

    def attendre(self, version: int) -> int:
        """Attend un changement (ou un battement). Sort la version courante."""
        with self._changement:
            self._changement.wait_for(lambda: self._version != version, BATTEMENT)
            return self._version

    @property
    def version(self) -> int:
        """Combien de fois le site a changé depuis le départ."""
        return self._version


def _avec_rechargement(octets: bytes) -> bytes:
    """La page et le script qui la recharge, admis par sa politique. Celle d'un bon n'admet que le sien : il se recharge à la main."""
    if politique.MARQUE.encode() in octets:
        if _ADMIS not in octets:
            return octets
        octets = octets.replace(_ADMIS, _ADMIS + b" " + " ".join(politique.empreintes(RECHARGER.decode()).values()).encode(), 1)
    return octets.replace(b"</body>", RECHARGER + b"</body>", 1)


class _Guichet(SimpleHTTPRequestHandler):
    """Répond aux requêtes d'une vitrine."""

    def __init__(self, *suite: object, vitrine: Vitrine) -> None:
        self._vitrine = vitrine
        super().__init__(*suite, directory=str(vitrine.site))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        chemin = urlsplit(self.path).path
        if chemin == CHANGEMENTS:
            self._suivre()
            return
        relatif = posixpath.normpath(unquote(chemin)).lstrip("/")
        if chemin.endswith("/") or relatif in ("", "."):
            relatif = posixpath.join(relatif if relatif != "." else "", "index.html")
        cache = any(morceau.startswith(".") for morceau in relatif.split("/"))
        fichier = None if cache else self._vitrine.fichier(relatif)
        if fichier is None and not cache and self._vitrine.fichier(f"{relatif}/index.html"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{chemin}/")
            self.end_headers()
            return
        self._envoyer(fichier, relatif)

    def _envoyer(self, fichier: Path | None, relatif: str) -> None:
        statut = HTTPStatus.OK if fichier else HTTPStatus.NOT_FOUND
        fichier = fichier or self._vitrine.fichier("404.html")
        octets = fichier.read_bytes() if fichier else b""
        est_page = fichier is not None and fichier.suffix == ".html"
        stricte = est_page and politique.MARQUE.encode() not in octets.partition(b"</head>")[0]
        if est_page:
            octets = _avec_rechargement(octets)
        self.send_response(statut)
        if stricte:  # une page que la construction n'a pas visée : aucun script en ligne, le nôtre excepté
            self.send_header(politique.MARQUE, _STRICTE)
        self.send_header("Content-Type", self.guess_type(relatif if fichier and fichier.suffix != ".html" else "x.html"))
        self.send_header("Content-Length", str(len(octets)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(octets)

    def _suivre(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        version = self._vitrine.version
        try:
            while True:
                nouvelle = self._vitrine.attendre(version)
                self.wfile.write(b"data: change\n\n" if nouvelle != version else b": battement\n\n")
                self.wfile.flush()
                version = nouvelle
        except (BrokenPipeError, ConnectionError):
            return

    def guess_type(self, path: object) -> str:
        genre = super().guess_type(path)  # type: ignore[arg-type]
        return f"{genre}; charset=utf-8" if genre.startswith("text/") else genre

    def log_message(self, *arguments: object) -> None:
        """Rien : la personne regarde son site, pas nos requêtes."""


def ouvrir(vitrine: Vitrine, ports: Iterable[int] = PORTS) -> ThreadingHTTPServer:
    """Démarre le serveur sur le premier port libre, dans un fil à part. Son adresse : `http://127.0.0.1:<server_port>/`."""
    for port in ports:
        try:
            serveur = ThreadingHTTPServer(("127.0.0.1", port), partial(_Guichet, vitrine=vitrine))
        except OSError:
            continue
        serveur.daemon_threads = True
        threading.Thread(target=serveur.serve_forever, daemon=True).start()
        return serveur
    raise OSError("aucun port libre entre 8000 et 8099")
