// @ts-check
/* Ce que le bon en ligne et la permanence partagent : lire et écrire quantités et montants, le code court, le bon canonique.
   ES2017, sans bibliothèque. Ce fichier vient en tête du script de chaque page : `use strict` y vaut pour tout. Tout se compte en entiers : millièmes d’unité, centimes. */
'use strict';

/**
 * @typedef {{unite: string, pas: number, max: number | null}} Regle Ce que l’on peut commander d’un produit, en millièmes.
 * @typedef {{ref: string, q: number, t: number, montant?: number, p?: any}} Ligne Un produit dans un bon : quantité et tolérance, en millièmes.
 * @typedef {{commande: string, groupement: string, cellule: string, creneau: string, tarif: string, lignes: Ligne[], [nom: string]: any}} Bon Ses autres champs sont les colonnes du bon canonique.
 */
const commun = (function () {

  // --- Écrire les nombres (mêmes règles que typographie.py) ---
  const INS = '\u00a0', FINE = '\u202f';
  /** Les mots des unités, dans la langue de la page. @type {Object<string, string>} */
  let unites = {};
  /** @param {number} n */
  const milliers = n => String(n).replace(/\B(?=(\d{3})+$)/g, FINE);
  /** @param {number} m Millièmes. */
  const decimales = m => (m % 1000 ? ',' + String(m % 1000).padStart(3, '0').replace(/0+$/, '') : '');
  /** @param {number} m Millièmes. */
  const entier = m => (m - m % 1000) / 1000;
  /** Une quantité pour un fichier : « 2,5 ». @param {number} m Millièmes. */
  const nombre = m => entier(m) + decimales(m);
  /** @param {number} c Centimes. */
  const euros = c => milliers((c - c % 100) / 100) + ',' + String(c % 100).padStart(2, '0') + INS + '€';
  /** « 500 g », « 2,5 kg », « 3 pièces ». @param {number} m Millièmes. @param {string} unite `kg`, `L` ou `piece`. @returns {string} */
  function quantite(m, unite) {
    if (unite === 'kg' && m > 0 && m < 1000) return m + INS + unites.g;
    return milliers(entier(m)) + decimales(m) + INS + unites[unite === 'piece' && m >= 2000 ? 'pieces' : unite];
  }

  // --- Lire ce que les gens écrivent (mêmes règles que quantites.py) ---
  const ZEROS = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xff10];
  /** @type {Object<string, [string, number]>} */
  const SUFFIXES = {};
  /** Des mots d’unité : famille, rang des millièmes, mots séparés d’un espace. @param {[string, number, string][]} mots */
  const apprendre = mots => mots.forEach(([famille, rang, suite]) => suite.split(' ').forEach(mot => { SUFFIXES[mot] = [famille, rang]; }));
  apprendre([['kg', 3, 'kg kgs kilo kilos kilogramme kilogrammes'], ['kg', 0, 'g gr gramme grammes'], ['L', 3, 'l litre litres'],
    ['L', 2, 'dl décilitre décilitres'], ['L', 1, 'cl centilitre centilitres'], ['L', 0, 'ml millilitre millilitres'],
    ['piece', 3, 'pièce pièces piece pieces pc pcs unité unités unite unites']]);
  /** La page parle cette langue. @param {Object<string, string>} noms @param {[string, number, string][]} mots */
  function parler(noms, mots) {
    unites = noms;
    apprendre(mots);
  }
  const NOMBRE = /^([-+\u2212]?) ?(?:(\d{1,12}|\d{1,3}(?: \d{3}){1,3})(?:[.,](\d{1,20}))?|[.,](\d{1,20})|(?:(\d{1,6}) )?(\d{1,6}) ?\/ ?(\d{1,6})) ?([^\d\s.,/+-]*)\.?$/;

  /** @param {string} texte @returns {string} */
  function normaliser(texte) {
    return Array.from(texte.normalize('NFC'), lettre => {
      if (/[\u00bc-\u00be\u2153-\u2158\u215b-\u215e]/.test(lettre)) return ' ' + lettre.normalize('NFKD').replace('\u2044', '/'); // ½ → 1/2
      if (lettre === '\u2044') return '/';
      if (lettre === '\u066b' || lettre === '\u060c' || lettre === '\uff0c') return ',';
      const point = lettre.codePointAt(0), zero = ZEROS.find(z => point >= z && point < z + 10);
      return zero ? String(point - zero) : lettre;
    }).join('').replace(/\s+/g, ' ').trim();
  }

  /** Une case en millièmes, ou la raison du refus : 'illisible', 'unite', 'negative', 'fine'. Une case vide vaut 0.
   * @param {string} texte @param {string} unite @returns {any} */
  function lire(texte, unite) {
    const propre = normaliser(texte);
    if (!propre) return 0;
    const t = NOMBRE.exec(propre);
    if (!t) return 'illisible';
    let rang = 3;
    if (t[8]) {
      const suffixe = SUFFIXES[t[8].toLowerCase()];
      if (!suffixe) return 'illisible';
      if (suffixe[0] !== unite) return 'unite';
      rang = suffixe[1];
    }
    let valeur, fine;
    if (t[7]) {
      const bas = +t[7];
      if (!bas) return 'illisible';
      const haut = (+t[6] + +(t[5] || 0) * bas) * 10 ** rang;
      fine = haut % bas > 0;
      valeur = (haut - haut % bas) / bas;
    } else {
      const apres = t[3] || t[4] || '', dec = apres.replace(/0+$/, '');
      if (unite === 'piece' && +t[2] && apres.length === 3) return 'illisible'; // « 1.000 » pièces : 1 ou 1000 ?
      fine = dec.length > rang;
      valeur = Number((t[2] || '0').replace(/ /g, '') + dec.slice(0, rang).padEnd(rang, '0'));
    }
    if (t[1] === '+') return 'illisible';
    return t[1] && (valeur || fine) ? 'negative' : fine ? 'fine' : valeur;
  }

  /** Ce qui ne va pas dans une case, en un mot ('maximum' compris) : la page en fait une phrase.
   * `deja` : ce qui compte déjà dans le maximum, pour une tolérance la quantité.
   * @param {Regle} p @param {string} texte @param {number} deja @returns {string} */
  function fauteDe(p, texte, deja) {
    const lu = lire(texte, p.unite);
    if (typeof lu === 'string') return lu;
    return lu > 1e8 ? 'illisible' : lu % p.pas ? 'fine' : lu && p.max !== null && lu + deja > p.max ? 'maximum' : '';
  }

  /** @param {number} prix Centimes par unité. @param {number} m Millièmes. @returns {number} Centimes. */
  const montant = (prix, m) => { const n = 2 * prix * m + 1000; return (n - n % 2000) / 2000; };

  // --- Le code court (même calcul que calculs/code_court.py) ---
  /** @param {string} texte @returns {string} */
  function code(texte) {
    let h = 0x811c9dc5;
    new TextEncoder().encode(texte).forEach(octet => { h = Math.imul(h ^ octet, 0x01000193); });
    h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
    h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
    h = (h ^ h >>> 16) >>> 2;
    return [25, 20, 15, 10, 5, 0].map(rang => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[h >>> rang & 31]).join('');
  }
  /** @param {string} texte */
  const reduire = texte => texte.normalize('NFC').replace(/[ \t\r\n\u00a0\u202f\u2009\u2007]+/g, ' ').trim();
  /** @param {Bon} b */
  function texteDuBon(b) {
    const demandes = b.lignes.map(l => l.ref + '=' + l.q + '+' + l.t).sort();
    return [b.commande, b.groupement, reduire(b.cellule).toLowerCase(), b.creneau, b.tarif].concat(demandes).join('\n');
  }

  // --- Le bon canonique (contrats.md §4) ---
  const COLONNES = 'cellule produit quantite tolerance commande groupement bon envoye_le creneau tarif nom telephone courriel remarque statut'.split(' ');
  /** @param {string} texte */
  function caseCsv(texte) {
    const sur = /^[=+\-@\t\r]/.test(texte) ? "'" + texte : texte;
    return /[;"\r\n]/.test(sur) ? '"' + sur.replace(/"/g, '""') + '"' : sur;
  }
  /** Un fichier pour un bon, ou pour plusieurs. @param {...Bon} bons */
  function csv(...bons) {
    const lignes = [].concat(...bons.map(b => b.lignes.map(l => Object.assign({}, b, { produit: l.ref, quantite: nombre(l.q), tolerance: l.t ? nombre(l.t) : '', statut: 'valide' }))));
    return [COLONNES].concat(lignes.map(l => COLONNES.map(colonne => caseCsv(l[colonne])))).map(l => l.join(';') + '\r\n').join('');
  }
  /** Un instant à l’heure de cet appareil : « 2026-11-22T12:00:00+01:00 ». @param {Date} d */
  function instantIso(d) {
    /** @param {number} minutes */
    const o = d.getTimezoneOffset(), ici = minutes => new Date(minutes * 60000).toISOString();
    return ici(d.getTime() / 60000 - o).slice(0, 19) + (o > 0 ? '-' : '+') + ici(Math.abs(o)).slice(11, 16);
  }

  return { INS, nombre, euros, quantite, parler, lire, fauteDe, montant, code, reduire, texteDuBon, csv, instantIso, normaliser };
})();
