# Ce que l’on peut demander ici. Ni uv ni rien d’autre à installer avant : Python 3.11 ou plus récent, git, make.

PYTHON ?= python3
ESSAIS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --require-hashes --no-deps

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := tout
.PHONY: tout test servir verif banc verrou soigner propre aide

## make          installer, vérifier les fiches, construire le site, montrer un mois d’exemple
tout: .venv/.pret
	@$(BIN)/cabas verifier
	@$(BIN)/cabas construire
	@$(BIN)/cabas demo

## make test     tout essayer : style, types, essais (ESSAIS="tests/test_argent.py -x" pour choisir)
test: .venv/.outils
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest --numprocesses auto $(ESSAIS)

## make servir   ouvrir le site dans le navigateur et le refaire à chaque changement
servir: .venv/.pret
	@$(BIN)/cabas servir

## make verif    relire toutes les fiches, sans rien construire
verif: .venv/.pret
	@$(BIN)/cabas verifier

## make banc     mesurer, et comparer à d’autres outils (quelques minutes)
banc: .venv/.banc
	@$(BIN)/python tests/bancs/banc.py

## make soigner  mettre le code en forme avant de le proposer
soigner: .venv/.outils
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

## make verrou   renouveler les versions exactes des bibliothèques, avec leurs empreintes
verrou: .venv/.pret
	@$(BIN)/python -m pip install --quiet --quiet 'uv>=0.9,<1'
	@$(call verrouiller,verrou.txt,pyproject.toml --group construction)
	@$(call verrouiller,tests/verrou.txt,--group dev --constraint verrou.txt)
	@$(call verrouiller,tests/bancs/verrou.txt,--group banc --constraint verrou.txt --constraint tests/verrou.txt)

## make propre   effacer ce qui se refait (jamais prive/)
propre:
	@rm -rf .venv .build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find site -mindepth 1 ! -name .gitignore -delete

## make aide     redire cette liste
aide:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

# --- Les étapes de l’installation : chacune laisse un témoin, et ne se refait que si ce dont elle dépend a changé. ---

.venv/.pret: $(BIN)/python verrou.txt pyproject.toml
	@echo "Installation des bibliothèques dans .venv (une minute ou deux, la première fois)…"
	@$(PIP) --requirement verrou.txt
	@$(BIN)/python -m pip install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.outils: .venv/.pret tests/verrou.txt
	@echo "Installation des outils d’essai…"
	@$(PIP) --requirement tests/verrou.txt
	@touch $@

.venv/.banc: .venv/.pret tests/bancs/verrou.txt
	@echo "Installation des outils à comparer…"
	@$(PIP) --requirement tests/bancs/verrou.txt
	@touch $@

# Le premier Python assez récent, quel que soit son nom ; sans le module venv, on dit comment l’obtenir.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then choisi=$$python; break; fi; \
	done; \
	if [ -z "$$choisi" ]; then \
	    echo "Il faut Python 3.11 ou plus récent ; « $(PYTHON) » est absent ou plus ancien." >&2; \
	    echo "    → L’installer, ou dire où il est : make PYTHON=/chemin/vers/python3" >&2; exit 2; \
	fi; \
	if ! $$choisi -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "Il manque à Python son module venv." >&2; \
	    echo "    → Sur Debian ou Ubuntu : sudo apt install python3-venv. Puis recommencer." >&2; exit 2; \
	fi; \
	$$choisi -m venv --clear .venv

# Un verrou vaut pour tous les systèmes et de Python 3.11 à 3.14 ; il ne nomme ni machine ni registre.
define verrouiller
	{ echo "# Écrit par « make verrou » : ne pas modifier à la main."; \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-header \
	      --no-emit-index-url --no-emit-find-links --annotation-style line $(2) --output-file .venv/verrou.neuf >/dev/null \
	  && cat .venv/verrou.neuf; } > .venv/verrou.entier && mv .venv/verrou.entier $(1) && rm .venv/verrou.neuf
endef
