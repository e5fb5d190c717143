// Package belvedere holds the nouns and contracts of the infocentre: schools and
// school years, datasets and indicators, deliveries and editions, queries and results.
//
// It imports the standard library only, and everything else may import it. A type that
// stands here is spoken of by several rooms of the house; what one room alone needs
// lives in that room. The French words of the interface stand in DESIGN section 3.
package belvedere

// Version of the program, printed by "belvedere version" and in the foot of each page.
const Version = "0.1.0"
