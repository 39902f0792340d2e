/* Le bon à remplir. ES2017, sans bibliothèque, sans requête. Tout se compte en entiers : millièmes d’unité, centimes.
   Un vieux navigateur qui ne lit pas ce fichier montre la page sans lui : elle se remplit au stylo. */
/**
 * @typedef {Omit<HTMLInputElement, 'type'> & Omit<HTMLSelectElement, 'type'> & HTMLElement & { type: string }} Champ  une case de la page, quelle que soit sa balise
 * @typedef {{ l: HTMLElement, q: Champ, t: Champ | null, unite: string, pas: number, max: number | null, ref: string, nom: string, fr: string,
 *   prix: number[], ecrits: [Node, string][], m?: HTMLElement }} Produit  un produit de la page ; `pas` et `max` en millièmes, `prix` en centimes
 */
(function () {
  const { INS, nombre, euros, quantite, parler, lire, fauteDe, montant, code, reduire, texteDuBon, csv, instantIso } = commun;
  const CHAMPS = 'cellule nom telephone courriel creneau tarif remarque'.split(' '), TETES = 'commande groupement bon envoye_le'.split(' ').concat(CHAMPS);
  let D, T; // les données, les phrases : dans la langue de la page
  const dit = (cle, v) => (T[cle] || D.lettre[cle]).replace(/\{(\w+)\}/g, (_, nom) => v[nom]);

  /** Pour un mail : un nom et une valeur par ligne, assez court pour n’être pas coupé en route.
   * @param {Bon} b */
  function bloc(b) {
    const tetes = TETES.filter(nom => b[nom]).map(nom => nom + ': ' + b[nom]);
    return ['--- bon cabas ---'].concat(tetes, b.lignes.map(l => l.ref + ': ' + nombre(l.q) + (l.t ? ' (+ ' + nombre(l.t) + ')' : '')), '--- fin du bon ---').join('\r\n');
  }

  // [essais]
  /** @type {any} */ (window).cabas = Object.freeze({ lire, montant, quantite, euros, code, texteDuBon, csv, bloc });
  // [/essais]
  const aspect = document.documentElement.classList;
  aspect.add('avec-js');
  document.addEventListener('DOMContentLoaded', demarrer);

  // --- La page ---
  function demarrer() {
    /** @param {string} id @returns {any} la balise de ce nom : champ, bouton, lien ou boîte */
    const $ = id => document.getElementById(id);
    /** @type {(quoi: string, dans?: ParentNode) => Champ[]} */
    const tous = (quoi, dans) => /** @type {any} */ ([...(dans || form).querySelectorAll(quoi)]);
    /** @type {(e: Event) => Champ} */
    const cible = e => /** @type {any} */ (e.target);
    const clic = (id, faire) => $(id).addEventListener('click', faire);
    /** @type {(balise: string, parent: Node, texte: string) => any} */
    const creer = (balise, parent, texte) => { const un = parent.appendChild(document.createElement(balise)); un.textContent = texte; return un; };
    D = JSON.parse($('donnees').textContent);
    T = D.dit;
    parler(D.unites, D.mots);
    /** @type {HTMLFormElement} */
    const form = $('bon');
    /** @type {(nom: string) => Champ} */
    const champ = nom => /** @type {any} */ (form.elements.namedItem(nom));
    const parRef = {}, fautes = new Map(), cle = 'cabas:' + D.commande + ':' + D.groupement;
    let sorti = '', garde = true, efface = null, perdus = {}, minuterie = 0;

    /* Les règles suivent l’ordre de la page : unité, pas, maximum. Le reste, prix compris, se lit dans la page. */
    const regles = D.produits.match(/[a-z]\d*(:\d+)?/gi);
    const produits = tous('.l').map((l, i) => {
      const [q] = tous('[name^=q-]', l), [, u, pas, max] = /(.)(\d*):?(.*)/.exec(regles[i]), /** @type {any} */ n = l.querySelector('label'), e = l.querySelector('.p'), fr = l.querySelector('.d bdi');
      /** @type {any} */
      const p = { l, q, unite: u === 'k' ? 'kg' : u === 'p' ? 'piece' : u, pas: Number(pas || (u === 'k' ? 500 : 1000)), max: max ? Number(max) : null, ref: q.name.slice(2), t: tous('[name^=t-]', l)[0], nom: n.firstChild.textContent };
      p.fr = fr && !n.firstChild.lang ? fr.textContent.split(' · ')[0] : p.nom;
      p.ecrits = [e.firstChild, e.lastElementChild].filter(Boolean).map(noeud => [noeud, noeud.textContent]);
      p.prix = p.ecrits[0][1].match(/[\d,\u202f]+/g).map(prix => Number(prix.replace(/\D/g, '')));
      q.id = n.htmlFor = q.name;
      const c = q.parentNode, dits = l.querySelector('.d');
      parRef[p.ref] = p;
      if (p.t) p.t.id = p.t.name;
      dits.id = 'd-' + p.ref;
      q.setAttribute('aria-describedby', dits.id);
      [['−', -1], ['+', 1]].forEach((/** @type {any} */ [signe, sens]) => {
        const bouton = creer('button', c, signe);
        bouton.type = 'button';
        bouton.tabIndex = -1; // au clavier, les flèches haut et bas font la même chose
        bouton.setAttribute('aria-hidden', 'true');
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
    function examiner(p, saisie) {
      const q = p.q.value, deja = saisie === p.t && Number(lire(q, p.unite)) || 0, faute = fauteDe(p, saisie.value, deja);
      const ecrit = (faute === 'maximum' && deja ? q + ' + ' : '') + saisie.value.trim();
      return faute && dit(faute, { nom: p.nom, ecrit, unite: D.unites[p.unite === 'piece' ? 'pieces' : p.unite], exemple: T[p.unite], q: quantite(faute === 'maximum' ? p.max : p.pas, p.unite) });
    }
    function controler() {
      fautes.clear();
      const c = champ('cellule'), m = champ('courriel');
      if (!reduire(c.value)) fautes.set('cellule', T.cellule);
      if (m.value.trim() && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(m.value.trim())) fautes.set('courriel', dit('courriel', { ecrit: m.value.trim() }));
      produits.forEach(p => {
        [p.q, p.t].forEach(saisie => {
          const phrase = saisie && examiner(p, saisie);
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
      const vues = [...fautes].filter(([cause]) => quittes.has(cause));
      tous('[aria-invalid]').forEach(saisie => { if (!fautes.has(saisie.name)) nettoyer(saisie); });
      tous('[role=alert]', boite).forEach(alerte => { if (!fautes.has(alerte.dataset.champ) && alerte.dataset.champ) alerte.remove(); });
      boite.hidden = !vues.length;
      let avant = $('titre-erreurs');
      vues.forEach(([cause, phrase]) => {
        const saisie = champ(cause), id = 'f-' + cause;
        let faute = $(id), alerte = tous('[data-champ="' + cause + '"]', boite)[0];
        if (!faute) {
          faute = creer('p', saisie.closest('.l') || saisie.parentNode, '');
          faute.id = id;
          faute.className = 'faute';
          saisie.setAttribute('aria-invalid', 'true');
          saisie.setAttribute('aria-describedby', ((saisie.getAttribute('aria-describedby') || '') + ' ' + id).trim());
        }
        if (faute.textContent !== phrase) faute.textContent = phrase;
        if (!alerte) {
          alerte = creer('p', boite, '');
          alerte.dataset.champ = cause;
          alerte.setAttribute('role', 'alert');
          creer('a', alerte, '').href = '#' + saisie.id;
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
    clic('erreurs', e => {
      const lien = cible(e).closest('a');
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
        const q = examiner(p, p.q) ? 0 : lire(p.q.value, p.unite), t = p.t && !examiner(p, p.t) ? lire(p.t.value, p.unite) : 0;
        return { p: p, ref: p.ref, q: q, t: t, montant: montant(p.prix[rangTarif()] || p.prix[0], q) };
      }).filter(l => l.q || l.t);
    }
    function bon() {
      /** @type {any} */
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
        p.l.classList.toggle('choisi', !!l);
        if (l && !p.m) p.m = creer('u', p.q.parentNode, '');
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
        const li = creer('li', liste, '');
        creer('span', li, l.p.nom);
        creer('span', li, dire(l));
        creer('b', li, euros(l.montant));
      });
      if (b.remarque && b.lignes.length) creer('li', liste, dit('mot', { mot: b.remarque }));
      aspect.toggle('rempli', b.lignes.length > 0);
      $('courriel').href = lettre(b).adresse;
      return b;
    }
    /* Cent kilos dans un bon : on garde, et on demande (contrats.md §4). */
    function avertir(p, l) {
      let avis = p.l.querySelector('.avis');
      const louche = l && p.unite === 'kg' && l.q >= 100000;
      if (louche && !avis) { avis = creer('p', p.l, ''); avis.className = 'avis'; }
      if (avis && !louche) avis.remove();
      else if (avis) avis.textContent = dit('louche', { q: quantite(l.q, 'kg'), g: nombre(l.q) + INS + D.unites.g });
    }
    function annoncer(p) {
      $('annonce').textContent = dit('annonce', { nom: p.nom, prix: p.m && p.m.textContent || euros(0), total: $('total').textContent });
    }

    // --- Le brouillon, dans ce navigateur et nulle part ailleurs ---
    function saisies() {
      const v = Object.assign({}, perdus);
      CHAMPS.concat(produits.map(p => 'q-' + p.ref), produits.filter(p => p.t).map(p => 't-' + p.ref)).forEach(nom => { if (champ(nom).value && champ(nom).type !== 'hidden') v[nom] = champ(nom).value; });
      return v;
    }
    function remplir(v) {
      perdus = {}; // ce qui n’est plus proposé : dit, et gardé dans le brouillon
      Object.keys(v).forEach(nom => {
        const saisie = champ(nom);
        if (saisie && saisie.type !== 'hidden') saisie.value = v[nom];
        else if (/^[qt]-/.test(nom)) perdus[nom] = v[nom];
      });
      ['tarif', 'creneau'].forEach(nom => { if (champ(nom).selectedIndex < 0) champ(nom).selectedIndex = 0; });
      return Object.keys(perdus).map(nom => nom.slice(2) + ' (' + v[nom] + ')').join(', ');
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
      } catch (e) { garder(); }
      if (!lu || !lu.v || !Object.keys(lu.v).some(nom => nom !== 'tarif')) return;
      const refs = remplir(lu.v), quand = new Date(lu.quand);
      sorti = lu.sorti || '';
      const jour = quand.toLocaleString(D.langue + '-u-nu-latn', { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' });
      informer((sorti ? dit('sorti', { code: sorti }) + ' ' : '') + dit('repris', { jour }) + (refs ? ' ' + dit('perdus', { refs }) : ''), $('effacer').textContent, effacer);
    }
    function informer(texte, action, faire) {
      const boite = $('brouillon');
      clearTimeout(minuterie);
      boite.textContent = texte + ' ';
      if (action) {
        const bouton = creer('button', boite, action);
        bouton.type = 'button';
        bouton.addEventListener('click', faire);
      }
      boite.hidden = false;
    }
    function effacer() {
      efface = saisies();
      perdus = {};
      form.reset();
      sorti = '';
      quittes.clear();
      try { localStorage.removeItem(cle); } catch (e) { /* rien n’y était */ }
      compter();
      montrerFautes();
      $('suite').textContent = '';
      informer(T.efface, T.annuler, () => { remplir(efface); noter(); informer(T.revenu); });
      minuterie = setTimeout(() => { efface = {}; informer(T.efface); }, 60000); // sur un téléphone partagé, rien ne reste à reprendre
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
      tous('.rayon').forEach(rayon => { rayon.hidden = !rayon.querySelector('.l:not([hidden])'); });
      $('trouves').textContent = !mots.length ? '' : vus ? dit('trouves', { n: vus }) : T.aucun;
    }

    // --- Les chemins : chacun dit ce qui s’est passé, et ce qu’il reste à faire ---
    function pret() {
      const vues = montrerFautes('', true);
      const b = compter();
      if (!b.lignes.length && !vues.length) {
        suite(T.vide);
        if (produits[0]) produits[0].q.focus();
        return;
      }
      if (vues.length) {
        $('erreurs').scrollIntoView({ block: 'center' });
        $('titre-erreurs').focus({ preventScroll: true });
        return;
      }
      return b;
    }
    function suite(texte, b) {
      $('suite').textContent = texte + (b ? tardif() : '');
      if (b) { sorti = b.bon; garder(); }
    }
    const apres = D.reponse ? dit('adresse', { adresse: D.reponse }) : T.transmettre;
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
      const adresses = versions.map(corps => 'mailto:' + D.reponse + '?subject=' + encodeURIComponent(sujet) + '&body=' + encodeURIComponent(corps).replace(/%2C/g, ',').replace(/%3A/g, ':'));
      const rang = adresses.findIndex((adresse, un) => un > 1 || adresse.length < 1900);
      return { adresse: adresses[rang], joindre: rang === 2 };
    }
    function telecharger(b) {
      const lien = creer('a', document.body, '');
      lien.href = URL.createObjectURL(new Blob(['\ufeff' + csv(b)], { type: 'text/csv' }));
      lien.download = b.fichier;
      lien.click();
      lien.remove();
      setTimeout(() => URL.revokeObjectURL(lien.href), 60000);
    }
    clic('telecharger', () => {
      const b = pret();
      if (!b) return;
      telecharger(b);
      suite(dit('telecharge', { code: b.bon, fichier: b.fichier }) + '\n' + apres + permanence, b);
    });
    clic('courriel', e => {
      const b = pret();
      if (!b) { e.preventDefault(); return; }
      const l = lettre(b);
      $('courriel').href = l.adresse;
      if (l.joindre) telecharger(b);
      suite(dit('mail', { code: b.bon }) + '\n' + (l.joindre ? dit('joindre', b) : T.appuyer), b);
    });
    if (navigator.share) $('partager').hidden = false;
    clic('partager', () => {
      const b = pret();
      if (!b) return;
      const fichier = new File(['\ufeff' + csv(b)], b.fichier, { type: 'text/csv' });
      const colis = navigator.canShare && navigator.canShare({ files: [fichier] }) ? { title: b.fichier, text: lisible(b), files: [fichier] } : { title: b.fichier, text: lisible(b) + '\r\n' + bloc(b) };
      navigator.share(colis).then(
        () => suite(dit('partage', { code: b.bon }), b),
        () => suite(T.pas_partage));
    });
    clic('copier', () => {
      const b = pret();
      if (!b) return;
      const texte = lisible(b) + '\r\n' + bloc(b);
      const fait = () => suite(dit('copie', { code: b.bon }), b);
      const secours = () => {
        const zone = creer('textarea', document.body, '');
        zone.value = texte;
        zone.select();
        const copie = document.execCommand('copy');
        zone.remove();
        if (copie) fait(); else suite(T.pas_copie + '\n\n' + texte);
      };
      if (navigator.clipboard && isSecureContext) navigator.clipboard.writeText(texte).then(fait, secours); else secours();
    });
    clic('imprimer', () => { compter(); print(); });
    clic('effacer', effacer);
    form.addEventListener('submit', e => e.preventDefault());
    // [service]
    /* Les mêmes champs que sans script : l’export du service est une grille que la fusion sait lire. On ne dit « envoyé » que si le service l’a dit. */
    form.addEventListener('submit', () => {
      const bouton = $('envoyer'), b = !bouton.disabled && pret();
      if (!b) return;
      const corps = new URLSearchParams();
      tous('[type=hidden]').forEach(un => corps.set(un.name, un.value));
      TETES.forEach(nom => corps.set(nom, b[nom]));
      b.lignes.forEach(l => { if (l.q) corps.set('q-' + l.ref, nombre(l.q)); if (l.t) corps.set('t-' + l.ref, nombre(l.t)); });
      bouton.disabled = true;
      suite(T.encours);
      Promise.race([
        fetch(form.getAttribute('action'), { method: 'POST', headers: { Accept: 'application/json' }, body: corps }).then(reponse => reponse.text().then(texte => {
          let fait = reponse.ok;
          try { fait = fait && JSON.parse(texte).success !== false; } catch (faute) { /* une page, pas du JSON */ }
          return fait ? suite(dit('envoye', { code: b.bon }), b) : suite(dit('rate', { n: reponse.status }));
        })),
        new Promise((_, non) => { setTimeout(non, 30000); }),
      ]).catch(() => suite(T.muet)).then(() => { bouton.disabled = false; });
    });
    // [/service]

    // --- Au fil de la saisie ---
    function noter() {
      compter();
      garder();
    }
    form.addEventListener('input', e => {
      if (cible(e).id === 'recherche') { chercher(cible(e).value); return; }
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
      if (cible(e).id === 'recherche' || !cible(e).name) return;
      const nom = cible(e).name, p = parRef[nom.replace(/^[qt]-/, '')];
      if (p) annoncer(p);
      if (appui) attente.push(() => montrerFautes(nom)); else montrerFautes(nom);
    });
    form.addEventListener('keydown', e => {
      const p = /^q-/.test(cible(e).name || '') && parRef[cible(e).name.slice(2)];
      if (p && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) { e.preventDefault(); monter(p, e.key === 'ArrowUp' ? 1 : -1); }
      if (e.key === 'Enter' && cible(e).tagName === 'INPUT') { // valider une case n’est pas envoyer le bon
        e.preventDefault();
        const cases = tous('input:not([type=hidden]), select, textarea').filter(un => un.offsetParent);
        const suivante = cases[cases.indexOf(cible(e)) + 1];
        if (suivante) suivante.focus();
      }
    });
    clic('vers-relire', e => {
      e.preventDefault();
      if (!bon().lignes.length && !controler().size) { pret(); return; }
      if (!pret()) return;
      $('relire').scrollIntoView();
      $('titre-relire').focus({ preventScroll: true });
    });

    // --- L’horloge de cet appareil, qui peut se tromper : elle prévient, elle n’empêche rien ---
    function situer() {
      const t = Date.now() / 1000, etat = t < D.ouverture ? 'a-venir' : t <= D.cloture ? 'ouverte' : 'close';
      tous('[data-etat]', document).forEach(un => { un.hidden = un.dataset.etat !== etat; });
    }
    situer();
    setInterval(situer, 60000);
    reprendre();
    compter();
  }
})();
