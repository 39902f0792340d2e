/* Le bon à remplir. ES2017, sans bibliothèque, sans requête. Tout se compte en entiers : millièmes d’unité, centimes.
   Un vieux navigateur qui ne lit pas ce fichier montre la page sans lui : elle se remplit au stylo. */
(function () {
  const { INS, nombre, euros, quantite, parler, lire, fauteDe, montant, code, reduire, texteDuBon, csv, instantIso } = commun;
  let D, T; // les données, les phrases : dans la langue de la page
  const dit = (cle, v) => (T[cle] || D.lettre[cle]).replace(/\{(\w+)\}/g, (_, nom) => v[nom]);

  /* Pour un mail : un nom et une valeur par ligne, assez court pour n’être pas coupé en route. */
  function bloc(b) {
    const tetes = ['commande', 'groupement', 'bon', 'envoye_le', 'cellule', 'nom', 'telephone', 'courriel', 'creneau', 'tarif', 'remarque'].filter(nom => b[nom]).map(nom => nom + ': ' + b[nom]);
    return ['--- bon cabas ---'].concat(tetes, b.lignes.map(l => l.ref + ': ' + nombre(l.q) + (l.t ? ' (+ ' + nombre(l.t) + ')' : '')), '--- fin du bon ---').join('\r\n');
  }

  window.cabas = commun;
  document.documentElement.classList.add('avec-js');
  document.addEventListener('DOMContentLoaded', demarrer);

  // --- La page ---
  function demarrer() {
    const $ = id => document.getElementById(id);
    D = JSON.parse($('donnees').textContent);
    T = D.dit;
    parler(D.unites, D.mots);
    const form = $('bon'), CHAMPS = ['cellule', 'nom', 'telephone', 'courriel', 'creneau', 'tarif', 'remarque'];
    const champ = nom => form.elements.namedItem(nom);
    const parRef = {}, fautes = new Map(), cle = 'cabas:' + D.commande + ':' + D.groupement;
    let sorti = '', garde = true, efface = null;

    /* Les données suivent l’ordre de la page : [unité, pas, maximum]. Le reste, prix compris, se lit dans la page. */
    const produits = Array.from(form.querySelectorAll('.l'), (l, i) => {
      const q = l.querySelector('[name^=q-]'), [unite, pas, max] = D.produits[i], n = l.querySelector('label'), e = l.querySelector('.p'), fr = l.querySelector('.d bdi');
      const p = { l, q, unite, pas, max, ref: q.name.slice(2), t: l.querySelector('[name^=t-]'), nom: n.firstChild.textContent };
      p.fr = fr && !n.firstChild.lang ? fr.textContent.split(' · ')[0] : p.nom;
      p.ecrits = [e.firstChild, e.lastElementChild].filter(Boolean).map(noeud => [noeud, noeud.textContent]);
      p.prix = p.ecrits[0][1].match(/[\d,\u202f]+/g).map(prix => Number(prix.replace(/\D/g, '')));
      q.id = n.htmlFor = q.name;
      const c = q.parentNode, dits = l.querySelector('.d');
      parRef[p.ref] = p;
      if (p.t) p.t.id = p.t.name;
      dits.id = 'd-' + p.ref;
      q.setAttribute('aria-describedby', dits.id);
      [['−', -1], ['+', 1]].forEach(([signe, sens]) => {
        const bouton = document.createElement('button');
        bouton.type = 'button';
        bouton.tabIndex = -1; // au clavier, les flèches haut et bas font la même chose
        bouton.setAttribute('aria-hidden', 'true');
        bouton.textContent = signe;
        bouton.addEventListener('click', () => monter(p, sens));
        c.insertBefore(bouton, sens < 0 ? q : q.nextSibling);
      });
      return p;
    });

    function monter(p, sens) {
      const lu = lire(p.q.value, p.unite), depuis = typeof lu === 'number' ? lu : 0;
      let m = sens > 0 ? depuis - depuis % p.pas + p.pas : depuis - (depuis % p.pas || p.pas);
      if (p.max !== null && m > p.max) m = p.max;
      p.q.value = m > 0 ? nombre(m) : '';
      noter();
      montrerFautes(p.q.name);
      annoncer(p);
    }

    // --- Contrôler : une phrase par case, avec ce qui était permis et ce qui était écrit ---
    function examiner(p, saisie, estTolerance) {
      const faute = fauteDe(p, saisie.value, estTolerance), ecrit = saisie.value.trim();
      return faute && dit(faute, { nom: p.nom, ecrit, unite: D.unites[p.unite === 'piece' ? 'pieces' : p.unite], exemple: T[p.unite], q: quantite(faute === 'maximum' ? p.max : p.pas, p.unite) });
    }
    function controler() {
      fautes.clear();
      const c = champ('cellule'), m = champ('courriel');
      if (!reduire(c.value)) fautes.set('cellule', T.cellule);
      if (m.value.trim() && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(m.value.trim())) fautes.set('courriel', dit('courriel', { ecrit: m.value.trim() }));
      produits.forEach(p => {
        [p.q, p.t].forEach(saisie => {
          const phrase = saisie && examiner(p, saisie, saisie === p.t);
          if (phrase) fautes.set(saisie.name, phrase);
        });
      });
      return fautes;
    }

    /* Montre les fautes des champs déjà quittés ; avec `tout`, toutes. Une alerte par champ, qui n’est écrite qu’une fois. */
    const quittes = new Set();
    function montrerFautes(nom, tout) {
      if (nom) quittes.add(nom);
      controler();
      if (tout) fautes.forEach((phrase, cause) => quittes.add(cause));
      const boite = $('erreurs');
      const vues = Array.from(fautes).filter(([cause]) => quittes.has(cause));
      Array.from(form.querySelectorAll('[aria-invalid]')).forEach(saisie => { if (!fautes.has(saisie.name)) nettoyer(saisie); });
      Array.from(boite.querySelectorAll('[role=alert]')).forEach(alerte => { if (!fautes.has(alerte.dataset.champ) && alerte.dataset.champ) alerte.remove(); });
      boite.hidden = !vues.length;
      let avant = $('titre-erreurs');
      vues.forEach(([cause, phrase]) => {
        const saisie = champ(cause), id = 'f-' + cause;
        let faute = $(id), alerte = boite.querySelector('[data-champ="' + cause + '"]');
        if (!faute) {
          faute = document.createElement('p');
          faute.id = id;
          faute.className = 'faute';
          (saisie.closest('.l') || saisie.parentNode).appendChild(faute);
          saisie.setAttribute('aria-invalid', 'true');
          saisie.setAttribute('aria-describedby', ((saisie.getAttribute('aria-describedby') || '') + ' ' + id).trim());
        }
        if (faute.textContent !== phrase) faute.textContent = phrase;
        if (!alerte) {
          alerte = document.createElement('p');
          alerte.dataset.champ = cause;
          alerte.setAttribute('role', 'alert');
          const lien = document.createElement('a');
          lien.href = '#' + saisie.id;
          alerte.appendChild(lien);
          boite.insertBefore(alerte, avant.nextSibling);
        }
        avant = alerte;
        if (alerte.firstChild.textContent !== phrase) alerte.firstChild.textContent = phrase;
      });
      $('titre-erreurs').textContent = dit('corriger', { n: vues.length });
      return vues;
    }
    function nettoyer(saisie) {
      const id = 'f-' + saisie.name, faute = $(id);
      if (faute) faute.remove();
      saisie.removeAttribute('aria-invalid');
      const reste = (saisie.getAttribute('aria-describedby') || '').replace(id, '').trim();
      if (reste) saisie.setAttribute('aria-describedby', reste); else saisie.removeAttribute('aria-describedby');
    }
    $('erreurs').addEventListener('click', e => {
      const lien = e.target.closest('a');
      if (!lien) return;
      e.preventDefault();
      const saisie = $(lien.hash.slice(1));
      chercher('');
      saisie.scrollIntoView({ block: 'center' });
      saisie.focus({ preventScroll: true });
    });

    // --- Compter ---
    const rangTarif = () => Math.max(0, D.tarifs.indexOf(champ('tarif').value));
    function lignes() {
      return produits.map(p => {
        const q = examiner(p, p.q, false) ? 0 : lire(p.q.value, p.unite), t = p.t && !examiner(p, p.t, true) ? lire(p.t.value, p.unite) : 0;
        return { p: p, ref: p.ref, q: q, t: t, montant: montant(p.prix[rangTarif()] || p.prix[0], q) };
      }).filter(l => l.q || l.t);
    }
    function bon() {
      const b = { commande: D.commande, groupement: D.groupement, lignes: lignes(), envoye_le: instantIso(new Date()) };
      CHAMPS.forEach(nom => { b[nom] = reduire(champ(nom).value); });
      b.total = b.lignes.reduce((somme, l) => somme + l.montant, 0);
      b.bon = code(texteDuBon(b));
      b.fichier = 'bon-' + b.commande + '-' + b.groupement + '-' + b.bon + '.csv';
      return b;
    }
    const dire = l => {
      const q = l.q ? quantite(l.q, l.p.unite) : T.rien;
      return l.t ? dit('plus', { q, t: quantite(l.t, l.p.unite) }) : q;
    };

    function compter() {
      const b = bon(), rang = rangTarif(), choisies = new Set(b.lignes.map(l => l.ref));
      produits.forEach(p => {
        const l = choisies.has(p.ref) && b.lignes.find(autre => autre.ref === p.ref);
        p.l.classList.toggle('choisi', Boolean(l));
        if (l && !p.m) p.m = p.q.parentNode.appendChild(document.createElement('u'));
        if (p.m) p.m.textContent = l && l.q ? euros(l.montant) : '';
        avertir(p, l);
        p.ecrits.forEach(([noeud, ecrit]) => { noeud.textContent = ecrit.replace(/[\d,\u202f]+(?: · [\d,\u202f]+)+/, suite => suite.split(' · ')[rang]); });
      });
      $('total').textContent = $('somme').textContent = euros(b.total);
      $('total').dataset.centimes = b.total;
      $('compte').textContent = dit('produits', { n: b.lignes.length });
      $('code').textContent = b.bon;
      $('vide').hidden = b.lignes.length > 0;
      $('recap').hidden = !b.lignes.length;
      const c = champ('creneau');
      $('qui').textContent = [b.cellule, b.nom, b.telephone, b.courriel, b.creneau && c.options ? c.options[c.selectedIndex].text : ''].filter(Boolean).join(' · ');
      const liste = $('lignes');
      liste.textContent = '';
      b.lignes.forEach(l => {
        const li = document.createElement('li');
        [['span', l.p.nom], ['span', dire(l)], ['b', euros(l.montant)]].forEach(([balise, texte]) => { li.appendChild(document.createElement(balise)).textContent = texte; });
        liste.appendChild(li);
      });
      if (b.remarque && b.lignes.length) liste.appendChild(document.createElement('li')).textContent = dit('mot', { mot: b.remarque });
      document.documentElement.classList.toggle('rempli', b.lignes.length > 0);
      $('courriel').href = lettre(b).adresse;
      return b;
    }
    /* Cent kilos dans un bon : on garde, et on demande (contrats.md §4). */
    function avertir(p, l) {
      let avis = p.l.querySelector('.avis');
      const louche = l && p.unite === 'kg' && l.q >= 100000;
      if (louche && !avis) { avis = p.l.appendChild(document.createElement('p')); avis.className = 'avis'; }
      if (avis && !louche) avis.remove();
      else if (avis) avis.textContent = dit('louche', { q: quantite(l.q, 'kg'), g: nombre(l.q) + INS + D.unites.g });
    }
    function annoncer(p) {
      $('annonce').textContent = dit('annonce', { nom: p.nom, prix: p.m && p.m.textContent || euros(0), total: $('total').textContent });
    }

    // --- Le brouillon, dans ce navigateur et nulle part ailleurs ---
    function saisies() {
      const v = {};
      CHAMPS.concat(produits.map(p => 'q-' + p.ref), produits.filter(p => p.t).map(p => 't-' + p.ref)).forEach(nom => { if (champ(nom).value && champ(nom).type !== 'hidden') v[nom] = champ(nom).value; });
      return v;
    }
    function remplir(v) {
      const perdus = [];
      Object.keys(v).forEach(nom => {
        const saisie = champ(nom);
        if (saisie && saisie.type !== 'hidden') saisie.value = v[nom];
        else if (nom.startsWith('q-')) perdus.push(nom.slice(2));
      });
      if (champ('tarif').options && champ('tarif').selectedIndex < 0) champ('tarif').selectedIndex = 0;
      return perdus;
    }
    function garder() {
      try {
        localStorage.setItem(cle, JSON.stringify({ quand: Date.now(), fin: D.fin, sorti: sorti, v: saisies() }));
      } catch (e) {
        if (garde) informer(T.garde);
        garde = false;
      }
    }
    function reprendre() {
      let lu = null;
      try {
        Object.keys(localStorage).filter(nom => nom.startsWith('cabas:')).forEach(nom => {
          try { if (JSON.parse(localStorage.getItem(nom)).fin * 1000 + 6048e5 < Date.now()) localStorage.removeItem(nom); } catch (e) { localStorage.removeItem(nom); }
        });
        lu = JSON.parse(localStorage.getItem(cle));
      } catch (e) { garde = false; }
      if (!lu || !lu.v || !Object.keys(lu.v).some(nom => nom !== 'tarif')) return;
      const perdus = remplir(lu.v), quand = new Date(lu.quand);
      sorti = lu.sorti || '';
      const jour = quand.toLocaleString(D.langue + '-u-nu-latn', { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' });
      informer((sorti ? dit('sorti', { code: sorti }) + ' ' : '') + dit('repris', { jour }) + (perdus.length ? ' ' + dit('perdus', { refs: perdus.join(', ') }) : ''), $('effacer').textContent, effacer);
    }
    function informer(texte, action, faire) {
      const boite = $('brouillon');
      boite.textContent = texte + ' ';
      if (action) {
        const bouton = boite.appendChild(document.createElement('button'));
        bouton.type = 'button';
        bouton.textContent = action;
        bouton.addEventListener('click', faire);
      }
      boite.hidden = false;
    }
    function effacer() {
      efface = saisies();
      form.reset();
      sorti = '';
      quittes.clear();
      try { localStorage.removeItem(cle); } catch (e) { /* rien n’y était */ }
      compter();
      montrerFautes();
      $('suite').textContent = '';
      informer(T.efface, T.annuler, () => { remplir(efface); noter(); informer(T.revenu); });
      $('brouillon').scrollIntoView({ block: 'center' });
    }

    // --- Chercher un produit ---
    const simple = texte => texte.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/œ/gi, 'oe').replace(/’/g, "'").toLowerCase();
    const foin = produits.map(p => simple(p.l.parentNode.querySelector('legend').textContent + ' ' + p.nom + ' ' + p.l.querySelector('.d').textContent));
    function chercher(texte) {
      if ($('recherche').value !== texte) $('recherche').value = texte;
      const mots = simple(texte).split(/\s+/).filter(Boolean);
      let vus = 0;
      produits.forEach((p, i) => { p.l.hidden = !mots.every(mot => foin[i].includes(mot)); vus += p.l.hidden ? 0 : 1; });
      document.querySelectorAll('.rayon').forEach(rayon => { rayon.hidden = !rayon.querySelector('.l:not([hidden])'); });
      $('trouves').textContent = !mots.length ? '' : vus ? dit('trouves', { n: vus }) : T.aucun;
    }

    // --- Les chemins : chacun dit ce qui s’est passé, et ce qu’il reste à faire ---
    function pret() {
      const vues = montrerFautes('', true);
      const b = compter();
      if (!b.lignes.length && !vues.length) {
        const premier = produits[0];
        suite(T.vide);
        if (premier) premier.q.focus();
        return null;
      }
      if (vues.length) {
        $('erreurs').scrollIntoView({ block: 'center' });
        $('titre-erreurs').focus({ preventScroll: true });
        return null;
      }
      return b;
    }
    function suite(texte, b) {
      $('suite').textContent = texte + (b ? tardif() : '');
      if (b) { sorti = b.bon; garder(); }
    }
    const apres = D.reponse.includes('@') ? dit('adresse', { adresse: D.reponse }) : T.transmettre;
    const permanence = D.permanence ? ' ' + dit('permanence', D) : '';
    const tardif = () => (Date.now() > D.cloture * 1000 ? ' ' + T.tard : Date.now() < D.ouverture * 1000 ? ' ' + T.tot : '');
    /* La lettre se lit au groupement : elle est en français, quelle que soit la langue de la page. */
    function lisible(b) {
      return [dit('titre', { code: b.bon, titre: D.titre }), b.cellule + (b.nom ? ', ' + b.nom : ''), '']
        .concat(b.lignes.map(l => nombre(l.q) + (l.t ? ' (+ ' + nombre(l.t) + ')' : '') + INS + (l.p.unite === 'piece' ? '×' : l.p.unite) + ' : ' + l.p.fr + ', ' + euros(l.montant)), dit('total', { total: euros(b.total) }), '').join('\r\n');
    }
    /* Au-delà de 1 900 signes, des messageries coupent l’adresse : on raccourcit, puis on demande de joindre le fichier. */
    function lettre(b) {
      const sujet = 'Bon ' + b.bon + ' ' + b.commande + ' ' + b.groupement;
      const versions = [lisible(b) + '\r\n' + bloc(b), bloc(b), dit('joint', { code: b.bon, total: euros(b.total), fichier: b.fichier }) + '\r\n\r\n' + b.cellule.slice(0, 80)];
      const adresses = versions.map(corps => 'mailto:' + (D.reponse.includes('@') ? D.reponse : '') + '?subject=' + encodeURIComponent(sujet) + '&body=' + encodeURIComponent(corps).replace(/%2C/g, ',').replace(/%3A/g, ':'));
      const rang = Math.min(2, adresses.findIndex(adresse => adresse.length < 1900) + 3 * Number(adresses.every(adresse => adresse.length >= 1900)));
      return { adresse: adresses[rang], joindre: rang === 2 };
    }
    function telecharger(b) {
      const lien = document.createElement('a');
      lien.href = URL.createObjectURL(new Blob(['\ufeff' + csv(b)], { type: 'text/csv;charset=utf-8' }));
      lien.download = b.fichier;
      document.body.appendChild(lien).click();
      lien.remove();
      setTimeout(() => URL.revokeObjectURL(lien.href), 60000);
    }
    $('telecharger').addEventListener('click', () => {
      const b = pret();
      if (!b) return;
      telecharger(b);
      suite(dit('telecharge', { code: b.bon, fichier: b.fichier }) + '\n' + apres + permanence, b);
    });
    $('courriel').addEventListener('click', e => {
      const b = pret();
      if (!b) { e.preventDefault(); return; }
      const l = lettre(b);
      $('courriel').href = l.adresse;
      if (l.joindre) telecharger(b);
      suite(dit('mail', { code: b.bon }) + '\n' + (l.joindre ? dit('joindre', b) : T.appuyer), b);
    });
    if (navigator.share) $('partager').hidden = false;
    $('partager').addEventListener('click', () => {
      const b = pret();
      if (!b) return;
      const fichier = typeof File === 'function' ? new File(['\ufeff' + csv(b)], b.fichier, { type: 'text/csv' }) : null;
      const colis = fichier && navigator.canShare && navigator.canShare({ files: [fichier] }) ? { title: b.fichier, text: lisible(b), files: [fichier] } : { title: b.fichier, text: lisible(b) + '\r\n' + bloc(b) };
      navigator.share(colis).then(
        () => suite(dit('partage', { code: b.bon }), b),
        () => suite(T.pas_partage));
    });
    $('copier').addEventListener('click', () => {
      const b = pret();
      if (!b) return;
      const texte = lisible(b) + '\r\n' + bloc(b);
      const fait = () => suite(dit('copie', { code: b.bon }), b);
      const secours = () => {
        const zone = document.body.appendChild(document.createElement('textarea'));
        zone.value = texte;
        zone.select();
        const copie = document.execCommand('copy');
        zone.remove();
        if (copie) fait(); else suite(T.pas_copie + '\n\n' + texte);
      };
      if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(texte).then(fait, secours); else secours();
    });
    $('imprimer').addEventListener('click', () => { compter(); window.print(); });
    $('effacer').addEventListener('click', effacer);
    form.addEventListener('submit', e => {
      e.preventDefault();
      const b = $('envoyer') && pret();
      if (!b) return;
      const corps = new URLSearchParams();
      ['commande', 'groupement', 'bon', 'envoye_le'].concat(CHAMPS).forEach(nom => corps.append(nom, b[nom]));
      corps.append('csv', csv(b));
      $('envoyer').disabled = true;
      suite(T.encours);
      const rate = () => suite(T.rate);
      fetch(form.action, { method: 'POST', headers: { Accept: 'application/json' }, body: corps })
        .then(reponse => (reponse.ok ? suite(dit('envoye', { code: b.bon }), b) : rate()), rate)
        .then(() => { $('envoyer').disabled = false; });
    });

    // --- Au fil de la saisie ---
    function noter() {
      compter();
      garder();
    }
    form.addEventListener('input', e => {
      if (e.target.id === 'recherche') { chercher(e.target.value); return; }
      noter();
      montrerFautes();
    });
    /* Une faute qui s’écrit pousse la page : pendant un appui, on attend qu’il finisse, sinon le bouton visé se dérobe. */
    let appui = false, attente = [];
    document.addEventListener('pointerdown', () => { appui = true; });
    ['click', 'pointercancel', 'dragend'].forEach(fin => document.addEventListener(fin, () => {
      appui = false;
      attente.forEach(faire => faire());
      attente = [];
    }));
    form.addEventListener('change', e => {
      if (e.target.id === 'recherche' || !e.target.name) return;
      const nom = e.target.name, p = parRef[nom.replace(/^[qt]-/, '')];
      if (p) annoncer(p);
      if (appui) attente.push(() => montrerFautes(nom)); else montrerFautes(nom);
    });
    form.addEventListener('keydown', e => {
      const p = /^q-/.test(e.target.name || '') && parRef[e.target.name.slice(2)];
      if (p && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) { e.preventDefault(); monter(p, e.key === 'ArrowUp' ? 1 : -1); }
      if (e.key === 'Enter' && e.target.tagName === 'INPUT') { // valider une case n’est pas envoyer le bon
        e.preventDefault();
        const cases = Array.from(form.querySelectorAll('input:not([type=hidden]), select, textarea')).filter(un => un.offsetParent);
        const suivante = cases[cases.indexOf(e.target) + 1];
        if (suivante) suivante.focus();
      }
    });
    $('vers-relire').addEventListener('click', e => {
      e.preventDefault();
      if (!bon().lignes.length && !controler().size) { pret(); return; }
      if (!pret()) return;
      $('relire').scrollIntoView();
      $('titre-relire').focus({ preventScroll: true });
    });

    // --- L’horloge de cet appareil, qui peut se tromper : elle prévient, elle n’empêche rien ---
    function situer() {
      const t = Date.now() / 1000, etat = t < D.ouverture ? 'a-venir' : t <= D.cloture ? 'ouverte' : 'close';
      document.querySelectorAll('[data-etat]').forEach(un => { un.hidden = un.dataset.etat !== etat; });
    }
    situer();
    setInterval(situer, 60000);
    reprendre();
    compter();
  }
})();
