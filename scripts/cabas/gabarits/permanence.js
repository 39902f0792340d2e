// @ts-check
/* La saisie des bons papier, au clavier seul. ES2017, sans bibliothèque, sans requête : tout reste dans cet appareil.
   Rien ne se modifie sur place : chaque action fait un nouvel état, et l’ancien sert à annuler. */

/**
 * @typedef {Regle & {ref: string, nom: string, lot: string, prix: number[], rang: number, foin: string}} Produit
 * @typedef {{cle: string, cellule: string, numero: string, creneau: string, tarif: string, lignes: Ligne[]}} Courant Le bon que l’on tape ; `cle` : celui que l’on corrige.
 * @typedef {Courant & {quand: number, touche: number}} Saisi `quand` : instant de saisie (ms) ; `touche` : à quelle action il a changé.
 * @typedef {{bons: Saisi[], courant: Courant, action: number, exporte: number}} Etat `exporte` : l’action à laquelle le fichier a été fait.
 */
(function () {
  const { INS, nombre, euros, quantite, parler, normaliser, lire, fauteDe, montant, code, reduire, texteDuBon, csv, instantIso } = commun;
  document.documentElement.classList.add('avec-js');
  document.addEventListener('DOMContentLoaded', demarrer);

  /** Sans accent ni majuscule : ce qu’on compare quand on cherche. @param {string} texte */
  const simple = texte => texte.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/œ/gi, 'oe').replace(/’/g, "'").toLowerCase();
  /** @param {number} n @param {string} mot */
  const compter = (n, mot) => n + INS + mot + (n > 1 ? 's' : '');
  /** @param {number} ms */
  const heure = ms => new Date(ms).getHours() + INS + 'h' + INS + String(new Date(ms).getMinutes()).padStart(2, '0');
  /** @param {string} texte @returns {string[][]} Les rangées d’un CSV à points-virgules. */
  function lireCsv(texte) {
    const rangees = [[]];
    let mot = '', cite = false;
    const finir = () => { rangees[rangees.length - 1].push(mot); mot = ''; };
    Array.from(texte.replace(/^\ufeff/, '')).forEach((signe, i, signes) => {
      if (cite && signe === '"' && signes[i + 1] === '"') { mot += '"'; signes[i + 1] = ''; return; }
      if (signe === '"') cite = !cite;
      else if (!cite && signe === ';') finir();
      else if (!cite && signe === '\n') { finir(); rangees.push([]); }
      else if (cite || signe !== '\r') mot += signe;
    });
    finir();
    return rangees.filter(rangee => rangee.some(Boolean)).map(rangee => rangee.map(case_ => case_.replace(/^'(?=[=+\-@\t])/, '')));
  }

  function demarrer() {
    /** @type {(id: string) => any} */
    const $ = id => document.getElementById(id);
    const D = JSON.parse($('donnees').textContent), cle = 'cabas:permanence:' + D.commande + ':' + D.groupement;
    parler(D.unites, []);
    /** @type {Produit[]} */
    const produits = D.produits.map(([ref, nom, unite, pas, max, lot, prix], i) => ({ ref, nom, unite, pas, max, lot, prix, rang: i + 1, foin: ' ' + simple(nom).replace(/[^a-z0-9]+/g, ' ') }));
    /** @type {Object<string, Produit>} */
    const parRef = {};
    produits.forEach(p => { parRef[p.ref] = p; });
    const CHAMPS = ['cellule', 'numero', 'creneau', 'tarif'];
    /** @returns {Courant} */
    const vierge = () => ({ cle: '', cellule: '', numero: '', creneau: '', tarif: D.tarifs[0], lignes: [] });
    /** @type {Etat} */
    let etat = { bons: [], courant: vierge(), action: 0, exporte: 0 };
    /** @type {Etat[]} */
    let passe = [], futur = [];
    /** @type {Produit | null} */
    let choisi = null;
    let refus = false, actif = -1, rappele = 0, relue = false;
    /** @type {Produit[]} */
    let offerts = [];

    // --- Ce que vaut un bon ---
    /** @param {string} texte */
    const memeNom = texte => reduire(texte).toLowerCase();
    /** @param {Courant} b */
    const total = b => b.lignes.reduce((somme, l) => somme + (parRef[l.ref] ? montant(parRef[l.ref].prix[Math.max(0, D.tarifs.indexOf(b.tarif))], l.q) : 0), 0);
    /** Le bon canonique (contrats.md §4). @param {Courant} b @param {number} quand */
    function canonique(b, quand) {
      const un = { commande: D.commande, groupement: D.groupement, cellule: reduire(b.cellule), creneau: b.creneau, tarif: b.tarif, lignes: b.lignes, envoye_le: instantIso(new Date(quand)), bon: '', nom: '', telephone: '', courriel: '', remarque: '' };
      const numero = reduire(b.numero);
      un.bon = numero ? (/^[0-9A-HJKMNP-TV-Z]{6}$/.test(numero) ? 'n° ' + numero : numero) : code(texteDuBon(un)); // un numéro à l’allure de code serait contrôlé comme un code
      return un;
    }
    /** @param {Saisi} b */
    const nommer = b => reduire(b.cellule) + (b.numero ? ', bon n°' + INS + b.numero : '');
    /** Quel bon remplace lequel : le dernier saisi d’une même cellule (ou du même bon, si les bons s’ajoutent). @returns {Map<string, Saisi>} */
    function remplaces() {
      const derniers = new Map(), sort = new Map(), famille = b => memeNom(b.cellule) + (D.ajouter ? '\n' + canonique(b, b.quand).bon : '');
      etat.bons.slice().sort((a, b) => a.quand - b.quand).forEach(b => derniers.set(famille(b), b));
      etat.bons.forEach(b => { if (derniers.get(famille(b)) !== b) sort.set(b.cle, derniers.get(famille(b))); });
      return sort;
    }
    /** Le bon de cette cellule déjà saisi, s’il y en a un. @returns {Saisi | undefined} */
    const deja = () => memeNom(etat.courant.cellule) ? etat.bons.filter(b => memeNom(b.cellule) === memeNom(etat.courant.cellule) && b.cle !== etat.courant.cle).pop() : undefined;

    // --- Garder : à chaque frappe, dans ce navigateur et nulle part ailleurs ---
    /* Tant que la saisie d’avant n’est pas relue, rien ne s’écrit : un onglet fermé à l’instant achève peut-être d’enregistrer la sienne. */
    function garder() {
      if (!relue) return;
      const saisie = { produit: $('produit').value, quantite: $('quantite').value, tolerance: $('tolerance').value };
      const tout = { quand: Date.now(), etat, saisie, fin: etat.exporte >= etat.action && !etat.courant.lignes.length ? D.fin : undefined }; // sans `fin`, jamais effacé d’office
      try {
        localStorage.setItem(cle, JSON.stringify(tout));
        refus = false;
      } catch (e) {
        refus = true;
      }
      $('refus').hidden = !refus;
    }
    /* L’appareil accepte-t-il de garder ? On l’essaie à côté de la saisie, pas par-dessus. */
    function eprouver() {
      try {
        localStorage.setItem('essai', '');
        localStorage.removeItem('essai');
      } catch (e) { refus = true; }
      $('refus').hidden = !refus;
    }
    function reprendre() {
      let texte = null;
      try { texte = localStorage.getItem(cle); } catch (e) { refus = true; }
      if (!texte) return;
      try {
        const lu = JSON.parse(texte);
        if (!Array.isArray(lu.etat.bons) || !Array.isArray(lu.etat.courant.lignes)) throw new Error('forme inconnue');
        etat = lu.etat;
        remplirChamps();
        ['produit', 'quantite', 'tolerance'].forEach(id => { $(id).value = lu.saisie[id] || ''; });
        const quand = new Date(lu.quand).toLocaleDateString('fr-FR', { day: 'numeric', month: 'long' }) + ' à ' + heure(lu.quand);
        const c = etat.courant, encours = c.lignes.length || c.cellule ? ' Le bon en cours' + (c.cellule ? ' de ' + reduire(c.cellule) : '') + ' est revenu aussi.' : '';
        if (etat.bons.length || encours) dire('Reprise de la saisie du ' + quand + ' : ' + compter(etat.bons.length, 'bon') + '.' + encours);
        if ($('produit').value) { const trouves = chercher($('produit').value.replace(/^(\d+) .*$/, '$1')); if (trouves.length === 1) prendre(trouves[0], $('quantite').value, $('tolerance').value); }
      } catch (e) {
        try { localStorage.setItem('abime:' + cle, texte); } catch (plein) { /* on l’aura au moins dit */ }
        dire('La saisie gardée dans cet appareil ne se lit plus. Elle est mise de côté. Importez votre dernier export pour continuer.');
      }
    }

    // --- Agir, annuler, rétablir ---
    /** @param {Partial<Etat>} avec @param {string} phrase */
    function changer(avec, phrase) {
      passe = passe.concat(etat).slice(-100);
      futur = [];
      etat = Object.assign({}, etat, avec, avec.bons ? { action: etat.action + 1 } : {});
      tout(phrase);
    }
    /** @param {Partial<Courant>} avec */
    const duCourant = avec => Object.assign({}, etat.courant, avec);
    /** @param {string} phrase */
    function tout(phrase) {
      remplirChamps();
      garder();
      peindre();
      dire(phrase);
    }
    function annuler() {
      if (!passe.length) { dire('Il n’y a rien à annuler.'); return; }
      futur.push(etat);
      const avant = passe[passe.length - 1];
      etat = Object.assign({}, avant, { action: etat.action + 1 });
      passe = passe.slice(0, -1);
      oublierLigne();
      tout('Annulé. ' + resumer());
      placer();
    }
    function retablir() {
      if (!futur.length) { dire('Il n’y a rien à rétablir.'); return; }
      passe.push(etat);
      etat = Object.assign({}, futur.pop(), { action: etat.action + 1 });
      oublierLigne();
      tout('Rétabli. ' + resumer());
      placer();
    }
    const resumer = () => (etat.courant.cellule ? 'Bon en cours : ' + reduire(etat.courant.cellule) + ', ' + euros(total(etat.courant)) + '. ' : '') + compter(etat.bons.length, 'bon') + ' dans la liste.';
    /** @param {string} phrase */
    const dire = phrase => { $('annonce').textContent = phrase + (refus && phrase ? ' Attention : rien n’est gardé si cette page se ferme.' : ''); };
    function placer() {
      const c = etat.courant;
      (c.cellule ? $('produit') : $('cellule')).focus();
    }

    // --- Les fautes, à côté de leur case ---
    /** @param {string} id @param {string} phrase */
    function fauter(id, phrase) {
      const saisie = $(id), boite = $('f-' + id);
      boite.textContent = phrase;
      boite.hidden = !phrase;
      if (phrase) { saisie.setAttribute('aria-invalid', 'true'); saisie.focus(); saisie.select(); } else saisie.removeAttribute('aria-invalid');
      return false;
    }
    const sansFaute = () => ['cellule', 'produit', 'quantite', 'tolerance'].forEach(id => fauter(id, ''));

    // --- Choisir un produit : son numéro, ou le début d’un de ses mots ---
    /** @param {string} texte @returns {Produit[]} */
    function chercher(texte) {
      const propre = normaliser(texte);
      if (/^\d+$/.test(propre)) return produits.filter(p => p.rang === Number(propre));
      const mots = simple(propre).split(/[^a-z0-9]+/).filter(Boolean);
      if (!mots.length) return [];
      const trouves = produits.filter(p => mots.every(mot => p.foin.includes(' ' + mot)));
      const exact = trouves.filter(p => simple(p.nom) === simple(propre));
      return exact.length === 1 ? exact : trouves.sort((a, b) => Number(b.foin.startsWith(' ' + mots[0])) - Number(a.foin.startsWith(' ' + mots[0])) || a.rang - b.rang);
    }
    function proposer() {
      const liste = $('choix');
      offerts = choisi ? [] : chercher($('produit').value).slice(0, 9);
      actif = -1;
      liste.textContent = '';
      offerts.forEach((p, i) => {
        const li = document.createElement('li');
        li.id = 'o-' + i;
        li.setAttribute('role', 'option');
        li.setAttribute('aria-selected', 'false');
        li.textContent = p.rang + ' · ' + p.nom;
        li.addEventListener('mousedown', e => { e.preventDefault(); prendre(p, $('quantite').value, $('tolerance').value); });
        liste.appendChild(li);
      });
      liste.hidden = !offerts.length;
      $('produit').setAttribute('aria-expanded', String(offerts.length > 0));
      $('produit').removeAttribute('aria-activedescendant');
    }
    /** @param {number} sens */
    function descendre(sens) {
      if (!offerts.length) return;
      actif = (actif + sens + offerts.length + (actif < 0 && sens < 0 ? 1 : 0)) % offerts.length;
      offerts.forEach((p, i) => $('o-' + i).setAttribute('aria-selected', String(i === actif)));
      $('produit').setAttribute('aria-activedescendant', 'o-' + actif);
      $('o-' + actif).scrollIntoView({ block: 'nearest' });
    }
    /** @param {Produit} p @param {string} q @param {string} t */
    function prendre(p, q, t) {
      choisi = p;
      const l = etat.courant.lignes.find(une => une.ref === p.ref), rang = Math.max(0, D.tarifs.indexOf(etat.courant.tarif));
      $('produit').value = p.rang + ' · ' + p.nom;
      proposer();
      sansFaute();
      $('quoi').textContent = [p.nom, euros(p.prix[rang]) + (p.unite === 'piece' ? ' la pièce' : '/' + p.unite), 'par ' + quantite(p.pas, p.unite), p.max === null ? '' : 'au plus ' + quantite(p.max, p.unite)].filter(Boolean).join(' · ')
        + (l ? '. Déjà dans ce bon : votre nouvelle quantité remplacera l’ancienne ; 0 ôte la ligne.' : '');
      $('unite').textContent = p.unite === 'piece' ? 'pièce(s)' : p.unite;
      $('zone-tolerance').hidden = !p.lot;
      $('lot').textContent = p.lot ? 'Par ' + p.lot + ' entier. En ' + (p.unite === 'piece' ? 'pièces' : p.unite) + ' ; vide : rien.' : '';
      $('quantite').value = q || (l ? nombre(l.q) : '');
      $('tolerance').value = t || (l && l.t ? nombre(l.t) : '');
      garder();
      $('quantite').focus();
      $('quantite').select();
    }
    function oublierLigne() {
      choisi = null;
      ['produit', 'quantite', 'tolerance'].forEach(id => { $(id).value = ''; });
      ['quoi', 'unite'].forEach(id => { $(id).textContent = ''; });
      $('zone-tolerance').hidden = true;
      sansFaute();
      proposer();
    }
    /** Entrée dans la case du produit. */
    function entrerProduit() {
      const ecrit = $('produit').value.trim();
      if (choisi) { $('quantite').focus(); return; }
      if (!ecrit) { finir(); return; }
      if (actif >= 0) { prendre(offerts[actif], $('quantite').value, $('tolerance').value); return; }
      const trouves = chercher(ecrit);
      if (trouves.length === 1) prendre(trouves[0], $('quantite').value, $('tolerance').value);
      else if (trouves.length) fauter('produit', trouves.length + ' produits conviennent : choisissez avec les flèches, ou tapez le numéro.');
      else fauter('produit', /^\d+$/.test(normaliser(ecrit)) ? 'Les numéros vont de 1 à ' + produits.length + '. Vous avez tapé ' + ecrit + '.' : 'Aucun produit ne commence par «' + INS + ecrit + INS + '».');
    }
    /** @param {string} id @param {Produit} p */
    function fauteEcrite(id, p) {
      const quantiteEcrite = $('quantite').value.trim(), deja = id === 'tolerance' && !fauteDe(p, quantiteEcrite, 0) ? Number(lire(quantiteEcrite, p.unite)) : 0;
      const faute = fauteDe(p, $(id).value.trim(), deja), ecrit = (deja && faute === 'maximum' ? quantiteEcrite + ' + ' : '') + $(id).value.trim();
      const phrases = {
        negative: 'Une quantité ne peut pas être négative.',
        unite: p.nom + ' se compte en ' + (p.unite === 'piece' ? 'pièces' : p.unite) + '.',
        illisible: 'Nous ne comprenons pas «' + INS + ecrit + INS + '». Tapez un nombre, comme ' + { kg: '2,5 ou 500' + INS + 'g', L: '2 ou 75' + INS + 'cl', piece: '3' }[p.unite] + '.',
        fine: p.nom + ' se commande par ' + quantite(p.pas, p.unite) + '. Vous avez tapé ' + ecrit + '.',
        maximum: 'Au plus ' + quantite(p.max || 0, p.unite) + ' de ' + p.nom + '. Vous avez tapé ' + ecrit + '.',
      };
      return faute ? phrases[faute] : '';
    }
    /** Ajoute la ligne au bon. Vrai si c’est fait. */
    function entrerLigne() {
      const p = choisi;
      if (!p) { entrerProduit(); return false; }
      const casse = ['quantite', 'tolerance'].find(id => fauteEcrite(id, p) !== '' && (id === 'quantite' || p.lot !== ''));
      sansFaute();
      if (casse) return fauter(casse, fauteEcrite(casse, p));
      const q = Number(lire($('quantite').value, p.unite)), t = p.lot ? Number(lire($('tolerance').value, p.unite)) : 0, avant = etat.courant.lignes.some(l => l.ref === p.ref);
      if (!q && !t && !avant) {
        oublierLigne();
        dire('Sans quantité, ' + p.nom + ' n’est pas ajouté.');
        $('produit').focus();
        return true;
      }
      const lignes = avant ? etat.courant.lignes.map(l => (l.ref === p.ref ? { ref: p.ref, q, t } : l)).filter(l => l.q || l.t) : etat.courant.lignes.concat({ ref: p.ref, q, t });
      oublierLigne();
      const dit = !q && !t ? p.nom + ' ôté.' : p.nom + ' : ' + ecrire({ ref: p.ref, q, t }) + '.' + (p.unite === 'kg' && q >= 100000 ? ' C’est beaucoup : si ce sont des grammes, retapez ' + p.rang + ', puis ' + q / 1000 + INS + 'g.' : '');
      changer({ courant: duCourant({ lignes }) }, dit + ' Total ' + euros(total(duCourant({ lignes }))) + '.');
      $('produit').focus();
      return true;
    }
    /** @param {Ligne} l */
    function ecrire(l) {
      const unite = parRef[l.ref] ? parRef[l.ref].unite : 'kg';
      return (l.q ? quantite(l.q, unite) : 'rien d’abord') + (l.t ? ', et jusqu’à ' + quantite(l.t, unite) + ' en plus' : '');
    }

    // --- Finir, rouvrir, ôter un bon ---
    function finir() {
      if ($('produit').value.trim() && !entrerLigne()) return;
      const c = etat.courant, ancien = etat.bons.find(b => b.cle === c.cle), autre = deja();
      if (!reduire(c.cellule)) { fauter('cellule', 'Tapez le code ou le nom : nous devons savoir pour qui est ce bon.'); return; }
      if (!c.lignes.length) { fauter('produit', 'Ce bon n’a encore aucun produit. Tapez un numéro, ou Échap pour l’abandonner.'); return; }
      const apres = etat.bons.filter(b => memeNom(b.cellule) === memeNom(c.cellule)).reduce((tard, b) => Math.max(tard, b.quand + 1000), 0);
      const b = Object.assign({}, c, { cle: c.cle || Date.now().toString(36) + Math.random().toString(36).slice(2, 8), quand: ancien ? ancien.quand : Math.max(Date.now(), apres), touche: etat.action + 1 });
      const bons = ancien ? etat.bons.map(un => (un.cle === b.cle ? b : un)) : etat.bons.concat(b);
      const double = c.numero && bons.find(un => un.cle !== b.cle && reduire(un.numero) === reduire(c.numero) && memeNom(un.cellule) !== memeNom(c.cellule));
      changer({ bons, courant: vierge() }, 'Bon de ' + nommer(b) + (ancien ? ' corrigé' : ' fini') + ' : ' + compter(b.lignes.length, 'produit') + ', ' + euros(total(b)) + '. Comparez avec le papier.'
        + (autre && !ancien ? (D.ajouter ? ' Il s’ajoute à son bon de ' : ' Il remplace son bon de ') + heure(autre.quand) + '.' : '')
        + (double ? ' Attention : le n°' + INS + c.numero + ' est déjà celui de ' + reduire(double.cellule) + '.' : '') + rappel());
      oublierLigne();
      $('cellule').focus();
    }
    /** Quand rien n’est gardé, on le redit tous les cinq bons. */
    function rappel() {
      const n = etat.bons.length + 1;
      if (!refus || n - rappele < 5) return '';
      rappele = n;
      return ' Exportez maintenant : cet appareil ne garde rien.';
    }
    /** @param {Saisi} b */
    function rouvrir(b) {
      if (etat.courant.lignes.length) { dire('Finissez d’abord le bon en cours (Ctrl + Entrée), ou abandonnez-le (Échap).'); $('produit').focus(); return; }
      oublierLigne();
      const { cle: nom, cellule, numero, creneau, tarif, lignes } = b;
      changer({ courant: { cle: nom, cellule, numero, creneau, tarif, lignes } }, 'Vous corrigez le bon de ' + nommer(b) + '. Tapez le numéro d’un produit pour changer sa quantité.');
      $('produit').focus();
    }
    /** @param {Saisi} b */
    function oter(b) {
      changer({ bons: etat.bons.filter(un => un.cle !== b.cle), courant: etat.courant.cle === b.cle ? vierge() : etat.courant }, 'Bon de ' + nommer(b) + ' ôté. Pour le retrouver : Annuler.');
      placer();
    }
    function abandonner() {
      const c = etat.courant;
      if ($('produit').value || $('quantite').value) { oublierLigne(); garder(); $('produit').focus(); dire('Ligne effacée.'); return; }
      if (!c.cellule && !c.numero && !c.lignes.length) { $('cellule').focus(); return; }
      changer({ courant: vierge() }, c.cle ? 'Correction abandonnée : le bon reste comme avant.' : 'Bon en cours abandonné. Pour le retrouver : Annuler.');
      sansFaute();
      $('cellule').focus();
    }

    // --- Montrer ---
    function remplirChamps() { CHAMPS.forEach(id => { if ($(id).value !== etat.courant[id]) $(id).value = etat.courant[id]; }); }
    /** @param {any} dans @param {string} balise @param {string} texte */
    function poser(dans, balise, texte) {
      const un = document.createElement(balise);
      un.textContent = texte;
      return dans.appendChild(un);
    }
    /** @param {any} dans @param {string} texte @param {string} nom @param {() => void} faire */
    function bouton(dans, texte, nom, faire) {
      const un = poser(dans, 'button', texte);
      un.type = 'button';
      un.className = 'discret';
      poser(un, 'span', ' ' + nom).className = 'cache';
      un.addEventListener('click', faire);
    }
    /** @param {string} ref */
    const nomDe = ref => (parRef[ref] ? parRef[ref].rang + ' · ' + parRef[ref].nom : ref + ' (n’est plus proposé)');
    /** @param {Courant} b @param {Ligne} l */
    const prixDe = (b, l) => euros(total(Object.assign({}, b, { lignes: [l] })));
    function peindre() {
      const c = etat.courant, sort = remplaces(), ancien = deja();
      $('lignes').textContent = '';
      c.lignes.forEach(l => {
        const li = poser($('lignes'), 'li', '');
        poser(li, 'span', nomDe(l.ref));
        poser(li, 'span', ecrire(l));
        poser(li, 'b', prixDe(c, l));
        if (parRef[l.ref]) bouton(li, 'Corriger', nomDe(l.ref), () => prendre(parRef[l.ref], '', ''));
        bouton(li, 'Ôter', nomDe(l.ref), () => { changer({ courant: duCourant({ lignes: c.lignes.filter(une => une !== l) }) }, nomDe(l.ref) + ' ôté.'); $('produit').focus(); });
      });
      $('total').textContent = euros(total(c));
      $('total').dataset.centimes = String(total(c));
      $('etat-du-bon').textContent = (c.cle ? 'Correction du bon' : 'Bon en cours') + (c.cellule ? ' : ' + reduire(c.cellule) : '');
      $('double').hidden = !ancien;
      if (ancien) {
        $('dit-double').textContent = reduire(ancien.cellule) + ' a déjà un bon, tapé à ' + heure(ancien.quand) + ' (' + euros(total(ancien)) + '). ' + (D.ajouter ? 'Celui-ci s’y ajoutera.' : 'Celui-ci le remplacera en entier.');
        $('rouvrir').onclick = () => rouvrir(ancien);
      }
      const liste = $('derniers'), vus = etat.bons.slice().reverse();
      liste.textContent = '';
      vus.forEach(b => {
        const li = poser(liste, 'li', ''), par = sort.get(b.cle), tete = poser(li, 'p', '');
        if (par) li.className = 'remplace';
        poser(tete, 'b', nommer(b));
        poser(tete, 'span', heure(b.quand) + ' · ' + compter(b.lignes.length, 'produit'));
        poser(tete, 'b', euros(total(b)));
        if (par) poser(li, 'p', 'Remplacé par le bon de ' + heure(par.quand) + '.');
        if (etat.courant.cle === b.cle) poser(li, 'p', 'Correction en cours.');
        poser(li, 'p', b.lignes.map(l => ecrire(l) + ' : ' + nomDe(l.ref)).join(' ; ')).className = 'detail';
        const boutons = poser(li, 'p', '');
        boutons.className = 'boutons';
        bouton(boutons, 'Corriger', 'le bon de ' + nommer(b), () => rouvrir(b));
        bouton(boutons, 'Ôter', 'le bon de ' + nommer(b), () => oter(b));
      });
      const bons = etat.bons.filter(b => !sort.has(b.cle)), somme = bons.reduce((n, b) => n + total(b), 0), reste = etat.bons.filter(b => b.touche > etat.exporte).length;
      $('aucun').hidden = vus.length > 0;
      $('somme').textContent = euros(somme);
      $('somme').dataset.centimes = String(somme);
      $('compte').textContent = compter(bons.length, 'bon') + (sort.size ? ', et ' + compter(sort.size, 'bon') + ' remplacé' + (sort.size > 1 ? 's' : '') : '');
      $('reste').textContent = !vus.length ? '' : reste ? compter(reste, 'bon') + (reste > 1 ? ' ne sont' : ' n’est') + ' pas encore dans un fichier.' : etat.exporte >= etat.action ? 'Tous les bons sont dans le dernier fichier.' : 'La liste a changé depuis le dernier fichier.';
      document.documentElement.classList.toggle('rempli', vus.length > 0);
    }

    // --- Le fichier : tous les bons, à chaque fois ---
    function exporter() {
      if (!etat.bons.length) { dire('Il n’y a pas encore de bon à exporter.'); placer(); return; }
      const d = instantIso(new Date()), lien = document.createElement('a');
      const bons = etat.bons.slice().sort((a, b) => a.quand - b.quand).map(b => canonique(b, b.quand));
      lien.href = URL.createObjectURL(new Blob(['\ufeff' + csv(...bons)], { type: 'text/csv;charset=utf-8' }));
      lien.download = 'permanence-' + D.commande + '-' + D.groupement + '-' + d.slice(0, 10) + '-' + d.slice(11, 19).replace(/:/g, '') + '.csv';
      document.body.appendChild(lien).click();
      lien.remove();
      setTimeout(() => URL.revokeObjectURL(lien.href), 60000);
      etat = Object.assign({}, etat, { exporte: etat.action });
      tout(compter(bons.length, 'bon') + ' dans ' + lien.download + '. Remettez ce fichier à la personne référente. S’il y en a déjà un, celui-ci le remplace : il contient tout.'
        + (etat.courant.lignes.length ? ' Le bon en cours n’y est pas : finissez-le, puis exportez à nouveau.' : ''));
    }
    /** @param {string} texte @param {string} nom */
    function importer(texte, nom) {
      const [entete, ...rangees] = lireCsv(texte), rang = colonne => entete.indexOf(colonne);
      if (!entete || ['cellule', 'produit', 'quantite', 'bon', 'envoye_le'].some(colonne => rang(colonne) < 0)) { dire(nom + ' n’est pas un fichier de la permanence. Rien n’est changé.'); return; }
      const de = (rangee, colonne) => rangee[rang(colonne)] || '';
      if (rangees.some(une => de(une, 'commande') !== D.commande || de(une, 'groupement') !== D.groupement)) { dire(nom + ' est d’une autre commande ou d’un autre groupement. Rien n’est changé.'); return; }
      const lus = new Map(), perdues = [];
      rangees.forEach((une, i) => {
        const quand = Date.parse(de(une, 'envoye_le')), ref = de(une, 'produit'), unite = parRef[ref] ? parRef[ref].unite : 'kg';
        const q = lire(de(une, 'quantite'), unite), t = lire(de(une, 'tolerance'), unite), cellule = de(une, 'cellule');
        if (!quand || !cellule || typeof q === 'string' || typeof t === 'string') { perdues.push(i + 2); return; }
        const qui = [memeNom(cellule), de(une, 'bon'), quand].join('\n');
        if (!lus.has(qui)) lus.set(qui, Object.assign(vierge(), { cellule, numero: de(une, 'bon').replace(/^n° /, ''), creneau: de(une, 'creneau'), tarif: D.tarifs.includes(de(une, 'tarif')) ? de(une, 'tarif') : D.tarifs[0], lignes: [], quand }));
        lus.get(qui).lignes.push({ ref, q, t });
      });
      let bons = etat.bons, neufs = 0, changes = 0;
      lus.forEach(b => {
        if (canonique(Object.assign({}, b, { numero: '' }), b.quand).bon === b.numero) b.numero = '';
        const la = bons.find(un => memeNom(un.cellule) === memeNom(b.cellule) && Math.abs(un.quand - b.quand) < 1000);
        if (la && texteDuBon(canonique(la, 0)) === texteDuBon(canonique(b, 0)) && la.numero === b.numero) return;
        const range = Object.assign({}, b, { cle: la ? la.cle : b.quand.toString(36) + Math.random().toString(36).slice(2, 8), touche: etat.action + 1 });
        if (la) { changes += 1; bons = bons.map(un => (un === la ? range : un)); } else { neufs += 1; bons = bons.concat(range); }
      });
      changer({ bons: bons.slice().sort((a, b) => a.quand - b.quand) }, nom + ' : ' + compter(neufs, 'bon') + ' de plus' + (changes ? ', ' + compter(changes, 'bon') + ' mis à jour' : '') + '.' + (perdues.length ? ' Lignes non comprises, à reprendre à la main : ' + perdues.join(', ') + '.' : ''));
      placer();
    }

    // --- Le clavier ---
    const suivants = ['cellule', 'numero', 'creneau', 'tarif', 'produit'];
    /** @param {any} case_ */
    const visible = case_ => case_.type !== 'hidden';
    $('saisie').addEventListener('submit', e => e.preventDefault());
    $('saisie').addEventListener('keydown', e => {
      const id = e.target.id;
      if (e.key === 'Enter' && !e.ctrlKey && !e.metaKey && e.target.tagName !== 'BUTTON') {
        e.preventDefault();
        if (id === 'produit') entrerProduit();
        else if (id === 'quantite' && choisi && choisi.lot && !fauteEcrite('quantite', choisi)) { fauter('quantite', ''); $('tolerance').focus(); }
        else if (id === 'quantite' || id === 'tolerance') entrerLigne();
        else if (id === 'cellule' && !reduire($('cellule').value)) fauter('cellule', 'Tapez le code ou le nom : nous devons savoir pour qui est ce bon.');
        else $(suivants.slice(suivants.indexOf(id) + 1).find(autre => visible($(autre)))).focus();
      }
      if (id === 'produit' && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) { e.preventDefault(); descendre(e.key === 'ArrowDown' ? 1 : -1); }
      if (id === 'cellule' && e.key === 'ArrowUp' && !$('cellule').value && etat.bons.length) { e.preventDefault(); rouvrir(etat.bons[etat.bons.length - 1]); }
      if (e.key === 'Escape') { e.preventDefault(); abandonner(); }
    });
    document.addEventListener('keydown', e => {
      const touche = e.key.toLowerCase(), cible = /** @type {any} */ (e.target), ecrit = cible.matches('input:not([type=file]), textarea') && cible.value;
      if (!(e.ctrlKey || e.metaKey) || e.altKey) return;
      if (touche === 'enter') { e.preventDefault(); finir(); }
      if (touche === 's') { e.preventDefault(); exporter(); }
      if (ecrit) return; // dans une case remplie, Ctrl + Z annule la frappe
      if (touche === 'z') { e.preventDefault(); if (e.shiftKey) retablir(); else annuler(); }
      if (touche === 'y') { e.preventDefault(); retablir(); }
    });
    $('saisie').addEventListener('input', e => {
      const id = e.target.id;
      if (CHAMPS.includes(id)) {
        etat = Object.assign({}, etat, { courant: duCourant({ [id]: e.target.value }) });
        if (id === 'cellule') { fauter('cellule', ''); const ancien = deja(); if (ancien && !etat.courant.lignes.length) { etat.courant.tarif = ancien.tarif; remplirChamps(); } }
        peindre();
      }
      if (id === 'produit') { choisi = null; fauter('produit', ''); $('quoi').textContent = ''; proposer(); }
      garder();
    });
    $('produit').addEventListener('blur', () => { $('choix').hidden = true; $('produit').setAttribute('aria-expanded', 'false'); });

    // --- Les boutons ---
    /** @param {string} id @param {() => void} faire */
    const quand = (id, faire) => $(id).addEventListener('click', faire);
    quand('ajouter', entrerLigne);
    quand('finir', finir);
    quand('abandonner', abandonner);
    quand('annuler', annuler);
    quand('retablir', retablir);
    quand('exporter', exporter);
    $('importer').addEventListener('change', () => {
      const fichier = $('importer').files[0], lecteur = new FileReader();
      if (!fichier) return;
      lecteur.onload = () => { importer(String(lecteur.result), fichier.name); $('importer').value = ''; };
      lecteur.onerror = () => dire('Ce fichier ne s’ouvre pas.');
      lecteur.readAsText(fichier, 'utf-8');
    });
    ['bons', 'numeros'].forEach(quoi => quand('imprimer-' + quoi, () => {
      document.documentElement.dataset.imprimer = quoi;
      window.print();
      delete document.documentElement.dataset.imprimer;
    }));
    quand('effacer', () => {
      const reste = etat.bons.filter(b => b.touche > etat.exporte).length + (etat.courant.lignes.length ? 1 : 0);
      $('question').textContent = 'Effacer de cet appareil ' + compter(etat.bons.length, 'bon') + ' ? ' + (reste ? 'Attention : ' + compter(reste, 'bon') + (reste > 1 ? ' ne sont' : ' n’est') + ' dans aucun fichier.' : 'Tout est dans le dernier fichier.');
      $('confirmer').hidden = false;
      $('garder').focus();
    });
    quand('garder', () => { $('confirmer').hidden = true; dire('Rien n’est effacé.'); $('effacer').focus(); });
    quand('tout-effacer', () => {
      etat = { bons: [], courant: vierge(), action: 0, exporte: 0 };
      passe = [];
      futur = [];
      oublierLigne();
      $('confirmer').hidden = true;
      tout('Tout est effacé de cet appareil.');
      try { localStorage.removeItem(cle); localStorage.removeItem('abime:' + cle); } catch (e) { /* rien n’y était */ }
      $('cellule').focus();
    });
    /* La même page dans deux onglets : la liste des bons reste commune, rien n’écrase rien. */
    window.addEventListener('storage', e => {
      if (e.key !== cle) return;
      const lu = e.newValue ? JSON.parse(e.newValue).etat : { bons: [], courant: vierge(), action: 0, exporte: 0 };
      etat = Object.assign({}, etat, { bons: lu.bons, action: lu.action, exporte: lu.exporte }, e.newValue ? {} : { courant: lu.courant });
      passe = [];
      futur = [];
      remplirChamps();
      peindre();
      dire('Cette page est ouverte deux fois : la liste des bons suit l’autre onglet. Fermez-en un.');
    });
    window.addEventListener('beforeunload', e => { if (refus && etat.action > etat.exporte) e.preventDefault(); });
    /* Une batterie vide fait oublier l’heure : on la montre, on n’empêche rien. */
    function situer() {
      $('close').hidden = Date.now() <= D.cloture * 1000;
      $('tot').hidden = Date.now() >= D.ouverture * 1000;
      document.querySelectorAll('.horloge').forEach(un => { un.textContent = new Date().toLocaleDateString('fr-FR', { day: 'numeric', month: 'long', year: 'numeric' }) + ', ' + heure(Date.now()); });
    }

    situer();
    setInterval(situer, 60000);
    reprendre();
    relue = true;
    eprouver();
    peindre();
    if (choisi) $('quantite').focus(); else placer();
  }
})();
