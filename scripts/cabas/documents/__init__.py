"""Du modèle au papier et aux classeurs (Typst, XlsxWriter) : rend des octets, n'écrit rien."""
