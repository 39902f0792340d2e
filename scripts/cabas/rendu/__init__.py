"""Du modèle au texte (Jinja2, échappement automatique partout) : pages Markdown, bons HTML, messages. N'écrit rien."""
