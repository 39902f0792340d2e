# ruff: noqa: F811 - une fixture venue d’un autre module porte le nom de l’argument qui la demande
"""`cabas servir` : le serveur n'ajoute son script qu'à l'envoi, recharge à temps, et n'ouvre rien d'autre que le site."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PAQUET
from test_site_construit import PAGES, mini, navigateur, onglet, preparer_mini  # noqa: F401 - le petit réseau, le navigateur

from cabas.publication.politique import MARQUE
from cabas.publication.serveur import RECHARGER, Vitrine, ouvrir


@pytest.fixture
def vitrine(tmp_path) -> Vitrine:
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text("<body>accueil</body>", encoding="utf-8")
    (tmp_path / "a/index.html").write_text("<body>a</body>", encoding="utf-8")
    (tmp_path / "404.html").write_text("<body>absente</body>", encoding="utf-8")
    (tmp_path / "bon.html").write_text('<meta http-equiv="Content-Security-Policy"><body>bon</body>', encoding="utf-8")
    (tmp_path / "x.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("secret", encoding="utf-8")
    (tmp_path.parent / "dehors.txt").write_text("secret", encoding="utf-8")
    return Vitrine(tmp_path)


@pytest.fixture
def liaison(vitrine) -> Iterator[http.client.HTTPConnection]:
    serveur = ouvrir(vitrine, [0])
    prise = http.client.HTTPConnection("127.0.0.1", serveur.server_port, timeout=10)
    yield prise
    prise.close()
    serveur.shutdown()


def _demander(liaison, chemin: str) -> tuple[int, bytes]:
    liaison.request("GET", chemin)
    reponse = liaison.getresponse()
    return reponse.status, reponse.read()


def test_le_script_est_ajoute_a_l_envoi_seulement(liaison, vitrine):
    assert _demander(liaison, "/") == (200, b"<body>accueil" + RECHARGER + b"</body>")
    assert (vitrine.site / "index.html").read_bytes() == b"<body>accueil</body>"
    assert RECHARGER not in _demander(liaison, "/bon.html")[1]
    assert _demander(liaison, "/x.svg?v=1") == (200, b"<svg/>")


@pytest.mark.parametrize("chemin", ["/absente", "/.gitignore", "/../dehors.txt", "/%2e%2e/dehors.txt", "/a/../../dehors.txt", "//dehors.txt"])
def test_rien_d_autre_que_le_site(liaison, chemin):
    code, corps = _demander(liaison, chemin)
    assert code == 404
    assert b"secret" not in corps
    assert b"absente" in corps


def test_un_dossier_s_ouvre_avec_sa_barre(liaison):
    assert _demander(liaison, "/a")[0] == 301
    assert _demander(liaison, "/a/")[0] == 200


def test_une_page_posee_par_dessus_se_voit_puis_s_efface(liaison, vitrine, tmp_path):
    dessus = tmp_path / "dessus.html"
    dessus.write_text("<body>neuf</body>", encoding="utf-8")
    liaison.request("GET", "/-/changements")
    suivi = liaison.getresponse()
    time.sleep(0.2)  # que le fil du serveur ait noté d’où il part
    vitrine.poser({"a/index.html": dessus})
    assert suivi.readline() == b"data: change\n"
    assert vitrine.fichier("a/index.html") == dessus
    vitrine.renouveler()
    assert vitrine.fichier("a/index.html") == tmp_path / "a/index.html"


def test_deux_serveurs_prennent_deux_ports(vitrine):
    premier = ouvrir(vitrine, [0])
    second = ouvrir(vitrine, [premier.server_port, 0])
    assert premier.server_port != second.server_port
    premier.shutdown()
    second.shutdown()


GLISSE = b"<script>window.pirate = 1</script><img src=x onerror='window.pirate = 2'></body>"


def test_l_apercu_a_la_politique_du_site_et_se_recharge(mini, onglet, tmp_path):
    """Dans un vrai navigateur : aucune plainte, le rechargement passe, et un script glissé ne s'exécute pas."""
    for nom, page in (
        ("nue", b"<!doctype html><meta charset=utf-8><title>x</title><body></body>"),
        ("charte", (mini / "site/charte/index.html").read_bytes()),
    ):
        (tmp_path / f"{nom}.html").write_bytes(page.replace(b"</body>", GLISSE))
    vitrine = Vitrine(mini / "site")
    vitrine.poser({f"{nom}.html": tmp_path / f"{nom}.html" for nom in ("nue", "charte")})
    serveur = ouvrir(vitrine, [0])
    adresse = f"http://127.0.0.1:{serveur.server_port}/"
    try:
        for page in (*PAGES[:8], "charte.html", "nue.html"):
            reponse = onglet.goto(adresse + page)
            assert (MARQUE.lower() in reponse.headers) == (page == "nue.html")
            assert (MARQUE.encode() in reponse.body().partition(b"</head>")[0]) == (page != "nue.html")
            if page in ("charte.html", "nue.html"):
                onglet.wait_for_timeout(300)  # que la page ait eu le temps de mal faire, et de se mettre à l’écoute
                assert onglet.evaluate("window.pirate") is None, page
                assert any("Content Security Policy" in plainte for plainte in onglet.plaintes), page
                with onglet.expect_navigation():
                    vitrine.annoncer()
            else:
                # Quitter une page interrompt ce qu’elle attendait : cela n’est pas une plainte.
                assert [plainte for plainte in onglet.plaintes if not plainte.startswith("échec")] == []
    finally:
        onglet.close()
        serveur.shutdown()


def test_une_page_sans_politique_en_recoit_une_et_elle_seule(liaison):
    for chemin, attendue in (("/", True), ("/absente", True), ("/bon.html", False), ("/x.svg", False)):
        liaison.request("GET", chemin)
        reponse = liaison.getresponse()
        reponse.read()
        assert (reponse.getheader(MARQUE) is not None) == attendue, chemin
        assert not attendue or ("default-src 'none'" in reponse.getheader(MARQUE) and "unsafe" not in reponse.getheader(MARQUE))


@pytest.mark.skipif(sys.platform == "win32", reason="le signal d’arrêt n’y est pas le même")
def test_une_fiche_changee_se_voit_sans_recharger_le_depot(tmp_path):
    racine = preparer_mini(tmp_path / "depot")
    commande = [sys.executable, "-m", "cabas", "servir", "--sans-navigateur", "--depot", str(racine), "--maintenant", "2026-12-03T12:00"]
    environnement = {**os.environ, "PYTHONPATH": str(PAQUET.parent), "PYTHONUNBUFFERED": "1"}
    processus = subprocess.Popen(commande, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", env=environnement)
    try:
        port = _port(processus)
        liaison = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        _attendre(liaison, "1,40")
        fiche = racine / "catalogue/produits/farine-t65.yaml"
        time.sleep(2)
        fiche.write_text(fiche.read_text(encoding="utf-8").replace("prix: 1.40", "prix: 1.95"), encoding="utf-8")
        _attendre(liaison, "1,95")
        # L’aperçu vient d’un autre chemin que le site : sa politique aussi.
        assert MARQUE.encode() in _demander(liaison, "/catalogue/farine-t65/index.html")[1].partition(b"</head>")[0]
        _attendre_le_site(racine / "site/catalogue/farine-t65/index.html", "1,95")
    finally:
        processus.send_signal(signal.SIGINT)
        reste = processus.communicate(timeout=20)[0]
    assert processus.returncode == 0
    assert "Arrêté." in reste


def _port(processus: subprocess.Popen[str]) -> int:
    assert processus.stdout is not None
    for ligne in processus.stdout:
        if "127.0.0.1:" in ligne:
            return int(ligne.rpartition(":")[2].strip().strip("/"))
    pytest.fail("le serveur ne s’est pas ouvert")


def _attendre(liaison, attendu: str) -> None:
    fin = time.monotonic() + 60
    while time.monotonic() < fin:
        if attendu in _demander(liaison, "/catalogue/farine-t65/index.html")[1].decode():
            return
        time.sleep(0.1)
    pytest.fail(f"« {attendu} » n’est pas apparu")


def _attendre_le_site(page: Path, attendu: str) -> None:
    """La construction entière suit l'aperçu, quand on cesse d'écrire."""
    fin = time.monotonic() + 60
    while time.monotonic() < fin:
        if page.exists() and attendu in page.read_text(encoding="utf-8"):
            return
        time.sleep(0.2)
    pytest.fail("le site entier n’a pas été refait")
