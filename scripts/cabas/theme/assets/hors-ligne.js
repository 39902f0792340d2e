// La recherche depuis une clé USB. Un navigateur refuse d’ouvrir un Worker sur file:// ; nous faisons tourner le même script
// dans un cadre caché. Ce fichier n’est demandé que hors connexion (voir main.html). « IFrameWorker » est le nom que Material attend.
(function () {
  "use strict";

  function Ouvrier(adresse) {
    var cible = document.createDocumentFragment(), attente = [], pret = false, cadre = document.createElement("iframe");
    var ouvrier = { onmessage: null };
    ["addEventListener", "removeEventListener", "dispatchEvent"].forEach(function (nom) { ouvrier[nom] = cible[nom].bind(cible); });

    cadre.hidden = true;
    cadre.title = "Recherche";
    document.body.appendChild(cadre);
    var fenetre = cadre.contentWindow, page = cadre.contentDocument;

    fenetre.postMessage = function (donnees) {
      setTimeout(function () { cible.dispatchEvent(new MessageEvent("message", { data: donnees })); }, 0);
    };
    // Dans un vrai Worker, importScripts attend ; ici, il rend une promesse, que Material attend aussi.
    fenetre.importScripts = function () {
      return Array.prototype.reduce.call(arguments, function (suite, source) {
        return suite.then(function () { return charger(source); });
      }, Promise.resolve());
    };

    function charger(source) {
      return new Promise(function (fini, rate) {
        var script = page.createElement("script");
        script.src = source;
        script.onload = function () { fini(); };
        script.onerror = rate;
        page.head.appendChild(script);
      });
    }

    function livrer(donnees) {
      fenetre.dispatchEvent(new fenetre.MessageEvent("message", { data: donnees }));
    }

    ouvrier.postMessage = function (donnees) {
      if (pret) setTimeout(function () { livrer(donnees); }, 0);
      else attente.push(donnees);
    };
    ouvrier.terminate = function () { cadre.remove(); };

    charger(new URL(adresse, location.href).href).then(function () {
      pret = true;
      attente.splice(0).forEach(livrer);
    });
    return ouvrier;
  }

  window.IFrameWorker = window.Worker = Ouvrier;
})();
