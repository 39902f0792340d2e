// Crée le bon de commande dans Google Forms, et le ferme à la clôture.
//
// 1. Ouvrir script.google.com, « Nouveau projet ».
// 2. Effacer ce qui s’y trouve, coller tout ce fichier, enregistrer.
// 3. Choisir « creerLeBon », puis « Exécuter ». Google demande votre accord : le formulaire est créé à votre nom.
// 4. L’adresse à envoyer aux gens s’affiche dans le journal d’exécution.
//
// Ne changez pas les titres des questions : c’est à eux que la fusion reconnaît les produits.

var BON = {DONNEES};

function creerLeBon() {
  var formulaire = FormApp.create(BON.titre);
  formulaire.setTitle(BON.titre);
  formulaire.setDescription(BON.presentation);
  formulaire.setCollectEmail(false);
  formulaire.setShowLinkToRespondAgain(true);
  BON.rayons.forEach(function (rayon) {
    if (rayon.nom) {
      formulaire.addSectionHeaderItem().setTitle(rayon.nom);
    }
    rayon.questions.forEach(function (question) {
      ajouterLaQuestion(formulaire, question);
    });
  });
  programmerLaCloture(formulaire);
  Logger.log("À envoyer aux gens : " + formulaire.getPublishedUrl());
  Logger.log("Pour vous seul·e, pour modifier : " + formulaire.getEditUrl());
}

function ajouterLaQuestion(formulaire, question) {
  var element;
  if (question.genre === "choix") {
    element = formulaire.addListItem();
    element.setChoiceValues(question.choix);
  } else if (question.genre === "long") {
    element = formulaire.addParagraphTextItem();
  } else {
    element = formulaire.addTextItem();
  }
  element.setTitle(question.intitule);
  element.setHelpText(question.aide);
  element.setRequired(question.obligatoire === 1);
  if (question.motif) {
    element.setValidation(
      FormApp.createTextValidation()
        .setHelpText("Quantité à revoir. " + question.aide)
        .requireTextMatchesPattern(question.motif)
        .build()
    );
  }
}

function programmerLaCloture(formulaire) {
  var cloture = new Date(BON.cloture * 1000);
  PropertiesService.getScriptProperties().setProperty("formulaire", formulaire.getId());
  if (cloture.getTime() > Date.now()) {
    ScriptApp.newTrigger("fermerLeBon").timeBased().at(cloture).create();
  } else {
    fermerLeBon();
  }
}

function fermerLeBon() {
  var formulaire = FormApp.openById(PropertiesService.getScriptProperties().getProperty("formulaire"));
  formulaire.setAcceptingResponses(false);
  formulaire.setCustomClosedFormMessage("La commande est close depuis le " + BON.cloture_dite + ".");
}
