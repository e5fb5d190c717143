package demo

import "strings"

// Closed lists of names. Who bears one of them here does not exist.
var surnames = strings.Fields(`ABADIE ABELARD ADJOVI ALBERTINI ALMEIDA AMARA AMBLARD ANCEL ANDRIEU ARBONA ARNAUDET ARSLAN ASSELIN AUBANEL AUBERTIN AUDOUIN AYARI
AZEVEDO BACHELARD BADINIER BAKAYOKO BALANDRAS BALDINI BARBOSA BARGUES BARRIOL BASTIDE BAUDELOT BAYLE BEAUCHENE BELAÏD BELHADJ BELLANGÉ BENOÎT BERANGER
BERTHOMIEU BÉZIAT BIANCHI BIDAULT BISSON BLANCHET BOCQUILLON BODENAN BOISSARD BONNAFOUS BORDERIE BOUAZIZ BOUCHARDON BOUDJEMA BOURGADE BOUSQUET BRANDÃO
BRETONNEAU BRISSAC BROSSARD BRUNETIÈRE BURGAUD CABANEL CADIOU CALVET CAMARA CAMBON CARDOSO CARRÈRE CASTAING CAUMONT CAZALS CELLIER CHABROL CHALVET
CHAMPEIX CHANSON CHARRIER CHASTANG CHAUVEAU CHEVREL CISSÉ CLAVEL CŒURDOUX COLOMBEL COMBEMALE CORBIÈRE CORNUAULT COSTA COULIBALY COURTADE CRÉPIN DANJOU
DARRIEUX DAUBERT DAVOUST DEBRUYNE DELACOUR DELMASURE DEMIR DESCHAMPS DESMARET DIABATÉ DIARRA DOMERGUE DOUCET DRAMÉ DUBOURDIEU DUCASSE DUFLOT DUMONTEIL
DURANTON ÉCHARD EL-AMRANI ESCANDE ESTÈVE ETCHEVERRY EYRAUD FABRÈGUE FARGEAS FAUVEL FERNANDES FERRIER FLEURANT FONTENEAU FORESTIER FOUCAULT FRADET FRAYSSE
GAILLAC GALTIER GARRIGUE GASCOIN GAUTHEY GAYRAUD GENDRON GHEZALI GIRARDEAU GOBIN GODEFROY GOMES GOURDON GRANIER GRIMAL GUÉRINEAU GUEYE GUILLAUMIN HADDAD
HAMDANI HARDOUIN HÉBRARD HERNANDEZ HOARAU HUCHET IDRISSI IMBERT ISSARTEL JACQUEMIN JALABERT JARRIGE JEANNOT JOURDAIN KABORÉ KACI KADDOUR KEÏTA KERBRAT
KERVELLEC KONATÉ KOWALCZYK LABARTHE LACAZE LACOSTE LAFARGUE LAGARDÈRE LALANDE LAMOTHE LAPEYRE LARRIEU LASSALLE LAVERGNE LECOMPTE LEFORESTIER LEGRAND LEMAÎTRE
LESCURE LEVASSEUR LHERMITTE LIZERAND LOISEL LOPES LOUBET MAGNIER MAHÉ MAILLARD MANDON MARCADET MARQUÈS MARTINEAU MASSOT MAUREL MAZIÈRES MEDJAHED MENDY
MÉRIGOT MEUNIER MICHELET MIRANDA MOKRANI MONTEIRO MORANGE MOULINIER MOUSSAOUI NADAUD NAVAILLES NDIAYE NEVEU NGUYEN NICOLEAU NOGARET NOUVEL OLIVEIRA ORSINI
OUEDRAOGO OZANNE PAGÈS PALANQUE PARMENTIER PASCAUD PELLERIN PERDRIX PÉRIGNON PESQUET PEYRAT PHAM PIGNOL PINHEIRO PLANTIER POMMEREAU PORTAL POUJADE PRADEAU
PRIGENT PUJOL QUÉMENER QUINTARD RAFFIN RAHMANI RAMBAUD RAVEL RAYNAL REBOUL REIS RENAUDIE REVERDY RIBEYRE RIVOIRE ROCHEFORT RODRIGUES ROUANET ROUGIER ROUVIÈRE
SABATIER SAÏDI SALVADOR SAMAKÉ SANTINI SARRAZIN SAUVAGE SCHNEIDER SÉGUY SERRANO SIDIBÉ SIMONNEAU SOARES SOULIÉ SOUMARÉ SUAREZ TAILLEFER TANGUY TEIXEIRA TERRASSE
TESSIER THIBAULT TIXIER TOURÉ TRAORÉ TRICOIRE TURPIN USSEL VACHER VALADIER VANDAMME VARENNE VAYSSE VERDIER VIALARD VIEIRA VIGUIER VILLENEUVE VOISIN WAGNER YACOUB
YILDIZ ZEMMOUR ZERBIB`)

// girlNames and boyNames are of pupils, womenNames and menNames of their parents' generation.
var (
	girlNames = strings.Fields(`Adèle Agathe Aïcha Alba Alice Alicia Alix Alma Amel Amina Anaë Anaïs Anna Apolline Aya Blanche Camille Capucine Céleste Charlie
Charlotte Chloé Clara Clémence Coline Daphné Diane Élena Élif Élise Élisa Elsa Emma Emmy Ève Faustine Fatou Flore Gabrielle Garance Giulia Hana Héloïse Inaya Inès
Iris Jade Jeanne Joséphine Julia Juliette Justine Kenza Khadija Lana Léa Lena Léonie Lila Lina Lison Lola Lou Louise Louna Lucie Lya Maëlys Manon Margaux Margot
Maria Mariam Marie Mathilde Mia Mila Mina Naomi Nina Nour Olivia Pauline Roxane Romane Rose Salma Sarah Selma Sofia Soline Suzanne Thaïs Valentine Victoire
Yasmine Yuna Zélie Zoé`)
	boyNames = strings.Fields(`Aaron Adam Adrien Alexandre Amir Anatole Antoine Antonin Aristide Armand Arthur Auguste Augustin Axel Ayoub Baptiste Basile Benjamin
Bilal Camil Charles Clément Côme Corentin Diego Eden Élie Eliott Émile Enzo Ethan Étienne Evan Félix Gabin Gabriel Gaspard Gaston Georges Hadrien Hugo Ibrahim
Ilyès Imran Isaac Ismaël Jean Jérémie Joachim Joseph Jules Julian Kaïs Kylian Léandre Léo Léon Léonard Liam Lorenzo Louis Lucas Maël Malo Marceau Marius Martin
Mathéo Mathis Maxence Mehdi Milan Milo Mohamed Moussa Naël Nathan Nathanaël Nino Noah Noé Nolan Octave Oscar Owen Paul Pierre Rafaël Rayan Robin Romain Sacha
Samuel Simon Solal Tao Théo Thomas Timéo Titouan Tom Ulysse Valentin Victor Wassim Yanis Youssef Zacharie`)
	womenNames = strings.Fields(`Adeline Agnès Alexandra Amandine Anne-Laure Audrey Aurélie Aurore Béatrice Bénédicte Carole Caroline Catherine Cécile Célia
Céline Christelle Christine Claudia Corinne Delphine Djamila Dorothée Édith Élodie Émeline Émilie Estelle Eugénie Fabienne Fadila Fanny Fatima Fernanda Florence
Frédérique Gaëlle Géraldine Gwenaëlle Hafida Hayat Isabelle Jamila Jessica Johanna Julie Karine Katia Khadidja Laëtitia Laurence Leïla Ludivine Magali Malika
Marianne Marie-Claire Marina Marion Marlène Maryline Mélanie Mériem Muriel Myriam Nadège Nadia Naïma Natacha Nathalie Noémie Ophélie Patricia Perrine Priscilla
Rachel Rachida Raphaëlle Régine Rosalie Sabine Sabrina Samia Sandra Sandrine Séverine Sibel Sonia Sophie Stéphanie Sylvie Tatiana Valérie Vanessa Véronique
Virginie Wassila Yamina Zohra`)
	menNames = strings.Fields(`Abdel Alain Alexis Amadou Anthony Arnaud Aurélien Bastien Benoît Bernard Bruno Cédric Christian Christophe Cyril Damien Daniel David
Denis Didier Djibril Emmanuel Emre Éric Fabien Fabrice Farid Florent Franck François Frédéric Gaël Geoffroy Gérald Ghislain Gilles Grégory Guillaume Hakim Hamid
Hassan Hervé Jérôme Joaquim Joël Jonathan José Julien Karim Kévin Lamine Laurent Lionel Loïc Ludovic Mamadou Manuel Marc Mathieu Michaël Mickaël Morgan Mourad
Mustapha Nabil Nicolas Olivier Omar Pascal Patrice Paulo Philippe Quentin Rachid Raphaël Régis Renaud Ricardo Romuald Samir Sébastien Serge Sofiane Stéphane
Steven Sylvain Tarek Thibaut Thierry Tristan Vincent Vito Wilfried Xavier Yannick Yves Zacharia`)
	moreStreets = []string{"rue des Lilas", "rue du Lavoir", "impasse des Cerisiers", "chemin des Vignes", "rue Haute", "rue de la Fontaine", "allée du Bois-Joli",
		"avenue des Platanes", "rue du Four", "chemin du Pré-Long", "rue des Tanneurs", "place de l'Église", "rue Basse", "lotissement Les Genêts", "rue du Stade",
		"quai de la Sarve", "montée du Château", "rue des Acacias", "hameau de Combelle", "rue du 8-Mai-1945"}
)

// accents are the letters of the lists that are not ASCII, with those they are written as where
// accents cannot stand.
var accents = strings.NewReplacer("À", "A", "Â", "A", "Ã", "A", "Ç", "C", "È", "E", "É", "E", "Ê", "E", "Ë", "E", "Î", "I", "Ï", "I", "Ô", "O", "Ö", "O", "Ù", "U", "Û", "U", "Ü", "U",
	"Œ", "OE", "à", "a", "â", "a", "ã", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ö", "o", "ù", "u", "û", "u", "ü", "u", "œ", "oe", "’", "'", "–", "-")

// plain writes a text without accents.
func plain(s string) string { return accents.Replace(s) }

// mailbox writes the part of an address before the @.
func mailbox(first, last string) string {
	return strings.ToLower(strings.NewReplacer("-", "", " ", "", "'", "").Replace(plain(first)) + "." + strings.NewReplacer("-", "", " ", "", "'", "").Replace(plain(last)))
}
