"""Un petit service de formulaires sur 127.0.0.1, pour les essais : il garde ce qu'il reçoit, et répond comme on le lui demande."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

REPONSES = {
    "accepte": (200, '{"ok": true}'), "page": (200, "<p>Merci"), "dit-non": (200, '{"success": false, "message": "clé inconnue"}'),
    "refuse": (422, '{"errors": []}'), "panne": (503, ""), "sans-cors": (200, "{}"),
}  # fmt: skip


class ServiceLocal:
    """`adresse(mode)` est une adresse où envoyer ; `recus`, ce qui est arrivé ; `fichiers`, ce qu'il sert ; `demandes`, les chemins demandés."""

    def __init__(self, port: int) -> None:
        self.racine = f"http://127.0.0.1:{port}"
        self.recus: list[dict[str, str]] = []
        self.fichiers: dict[str, bytes] = {}
        self.demandes: list[str] = []
        self.fini = threading.Event()

    def adresse(self, mode: str) -> str:
        return f"{self.racine}/{mode}"


@contextmanager
def ouvrir_un_service() -> Iterator[ServiceLocal]:
    """Le service, le temps d'un essai."""

    class Guichet(BaseHTTPRequestHandler):
        def log_message(self, *_rien: object) -> None:
            """Rien à écrire."""

        def do_GET(self) -> None:
            service.demandes.append(self.path)
            corps = service.fichiers.get(self.path)
            self.rendre(200 if corps else 404, corps or b"", "image/png" if self.path.endswith(".png") else "text/html; charset=utf-8")

        def do_POST(self) -> None:
            corps = self.rfile.read(int(self.headers["Content-Length"])).decode()
            service.recus.append(dict(parse_qsl(corps, keep_blank_values=True)))
            mode = self.path.strip("/")
            if mode == "coupe":
                self.close_connection = True
            elif mode == "muet":
                service.fini.wait(20)
            else:
                code, texte = REPONSES[mode]
                self.rendre(code, texte.encode(), "application/json", ouvert=mode != "sans-cors")

        def rendre(self, code: int, corps: bytes, genre: str, *, ouvert: bool = True) -> None:
            self.send_response(code)
            self.send_header("Content-Type", genre)
            self.send_header("Content-Length", str(len(corps)))
            if ouvert:
                self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(corps)

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Guichet)
    serveur.daemon_threads = True
    service = ServiceLocal(serveur.server_port)
    threading.Thread(target=serveur.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        service.fini.set()
        serveur.shutdown()
        serveur.server_close()
