//! The words the shop is made of.
//!
//! All mail domains are below `.example`: nobody real gets an address of the sample shop.

use rand::Rng;

use super::draw;

/// Names as they are common in some countries.
pub(super) struct Names {
    men: &'static [&'static str],
    women: &'static [&'static str],
    last: &'static [&'static str],
    /// The last names of women, where they differ.
    last_of_women: &'static [&'static str],
}

/// A country customers come from.
pub(super) struct Country {
    pub name: &'static str,
    pub percent: u32,
    pub cities: &'static [&'static str],
    names: &'static Names,
    /// What companies have behind their names.
    companies: &'static [&'static str],
}

impl Country {
    /// A first and a last name.
    pub(super) fn name(&self, rng: &mut impl Rng) -> (&'static str, &'static str) {
        let Names { men, women, last, last_of_women } = self.names;
        if rng.random() {
            (draw::one(rng, men), draw::one(rng, last))
        } else {
            (draw::one(rng, women), draw::one(rng, last_of_women))
        }
    }
}

const ENGLISH_LAST: &[&str] = &[
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Robinson", "Wright", "Thompson",
    "Evans", "Walker", "White", "Roberts", "Green", "Hall", "Wood", "Jackson", "Clarke", "O'Neill", "Baker", "Cooper",
    "Murphy",
];
const ENGLISH: Names = Names {
    men: &[
        "James", "Oliver", "Jack", "Harry", "Thomas", "William", "Daniel", "Michael", "David", "Adam", "Ryan", "Luke",
    ],
    women: &[
        "Olivia", "Amelia", "Emily", "Sophie", "Grace", "Lucy", "Hannah", "Chloe", "Zoë", "Alice", "Megan", "Laura",
    ],
    last: ENGLISH_LAST,
    last_of_women: ENGLISH_LAST,
};

const GERMAN_LAST: &[&str] = &[
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Krüger",
    "Köhler",
    "Groß",
    "Jäger",
    "Böhm",
];
const GERMAN: Names = Names {
    men: &[
        "Lukas", "Jonas", "Felix", "Jürgen", "Björn", "Stefan", "Matthias", "Günther", "Tobias", "Florian", "Jan",
        "Uwe",
    ],
    women: &[
        "Anna", "Lena", "Käthe", "Sabine", "Julia", "Katrin", "Heike", "Jutta", "Claudia", "Birgit", "Mia", "Sophie",
    ],
    last: GERMAN_LAST,
    last_of_women: GERMAN_LAST,
};

const CZECH: Names = Names {
    men: &["Jan", "Petr", "Jiří", "Tomáš", "Lukáš", "Ondřej", "Václav", "Matěj", "Vojtěch", "Radek", "Štěpán", "Aleš"],
    women: &[
        "Jana",
        "Tereza",
        "Lucie",
        "Kateřina",
        "Eliška",
        "Žofie",
        "Anežka",
        "Markéta",
        "Zuzana",
        "Hana",
        "Věra",
        "Šárka",
    ],
    last: &[
        "Novák",
        "Svoboda",
        "Novotný",
        "Dvořák",
        "Černý",
        "Procházka",
        "Kučera",
        "Veselý",
        "Horák",
        "Němec",
        "Pokorný",
        "Pospíšil",
        "Hájek",
        "Jelínek",
        "Král",
        "Růžička",
        "Beneš",
        "Fiala",
        "Sedláček",
        "Doležal",
        "Zeman",
        "Kolář",
        "Krejčí",
        "Čermák",
    ],
    last_of_women: &[
        "Nováková",
        "Svobodová",
        "Novotná",
        "Dvořáková",
        "Černá",
        "Procházková",
        "Kučerová",
        "Veselá",
        "Horáková",
        "Němcová",
        "Pokorná",
        "Pospíšilová",
        "Hájková",
        "Jelínková",
        "Králová",
        "Růžičková",
        "Benešová",
        "Fialová",
        "Sedláčková",
        "Doležalová",
        "Zemanová",
        "Kolářová",
        "Krejčí",
        "Čermáková",
    ],
};

const FRENCH_LAST: &[&str] = &[
    "Martin",
    "Bernard",
    "Dubois",
    "Thomas",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefèvre",
    "Michel",
    "Garcia",
    "David",
    "Bertrand",
    "Roux",
    "Béranger",
    "Fournier",
    "Girard",
    "Bonnet",
    "Dupont",
    "D'Amico",
];
const FRENCH: Names = Names {
    men: &[
        "Louis",
        "Gabriel",
        "Léo",
        "Raphaël",
        "Arthur",
        "Jules",
        "François",
        "Rémi",
        "Étienne",
        "Hugo",
        "Loïc",
        "Paul",
    ],
    women: &[
        "Emma", "Chloé", "Inès", "Léa", "Manon", "Zoé", "Hélène", "Agnès", "Camille", "Margaux", "Noémie", "Élise",
    ],
    last: FRENCH_LAST,
    last_of_women: FRENCH_LAST,
};

/// Where customers are, in percent.
pub(super) const COUNTRIES: [Country; 12] = [
    Country {
        name: "Czech Republic",
        percent: 25,
        cities: &["Praha", "Brno", "Ostrava", "Plzeň", "Liberec", "Olomouc", "České Budějovice", "Hradec Králové"],
        names: &CZECH,
        companies: &["s.r.o.", "a.s."],
    },
    Country {
        name: "Germany",
        percent: 15,
        cities: &["Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Düsseldorf", "Nürnberg", "Leipzig"],
        names: &GERMAN,
        companies: &["GmbH", "AG"],
    },
    Country {
        name: "United States",
        percent: 12,
        cities: &["New York", "Los Angeles", "Chicago", "Houston", "Seattle", "Boston", "Denver", "San José"],
        names: &ENGLISH,
        companies: &["Inc.", "LLC"],
    },
    Country {
        name: "United Kingdom",
        percent: 10,
        cities: &["London", "Manchester", "Birmingham", "Leeds", "Glasgow", "Bristol", "Edinburgh", "Cardiff"],
        names: &ENGLISH,
        companies: &["Ltd", "plc"],
    },
    Country {
        name: "France",
        percent: 8,
        cities: &["Paris", "Lyon", "Marseille", "Toulouse", "Nîmes", "Orléans", "Saint-Étienne", "Bordeaux"],
        names: &FRENCH,
        companies: &["SARL", "SA"],
    },
    Country {
        name: "Austria",
        percent: 5,
        cities: &["Wien", "Graz", "Linz", "Salzburg", "Innsbruck", "Sankt Pölten"],
        names: &GERMAN,
        companies: &["GmbH", "OG"],
    },
    Country {
        name: "Poland",
        percent: 5,
        cities: &["Warszawa", "Kraków", "Łódź", "Wrocław", "Poznań", "Gdańsk"],
        names: &ENGLISH,
        companies: &["sp. z o.o.", "S.A."],
    },
    Country {
        name: "Netherlands",
        percent: 5,
        cities: &["Amsterdam", "Rotterdam", "Den Haag", "Utrecht", "Eindhoven", "Groningen"],
        names: &ENGLISH,
        companies: &["B.V.", "N.V."],
    },
    Country {
        name: "Slovakia",
        percent: 5,
        cities: &["Bratislava", "Košice", "Prešov", "Žilina", "Nitra", "Banská Bystrica"],
        names: &CZECH,
        companies: &["s.r.o.", "a.s."],
    },
    Country {
        name: "Spain",
        percent: 4,
        cities: &["Madrid", "Barcelona", "Valencia", "Sevilla", "Málaga", "A Coruña"],
        names: &ENGLISH,
        companies: &["S.L.", "S.A."],
    },
    Country {
        name: "Italy",
        percent: 3,
        cities: &["Roma", "Milano", "Napoli", "Torino", "Bologna", "Forlì"],
        names: &FRENCH,
        companies: &["S.r.l.", "S.p.A."],
    },
    Country {
        name: "Sweden",
        percent: 3,
        cities: &["Stockholm", "Göteborg", "Malmö", "Uppsala", "Västerås", "Örebro"],
        names: &ENGLISH,
        companies: &["AB", "HB"],
    },
];

/// Where consumers have their mail.
pub(super) const PUBLIC_DOMAINS: [&str; 7] = [
    "mail.example",
    "post.example",
    "inbox.example",
    "letters.example",
    "briefe.example",
    "zpravy.example",
    "courrier.example",
];

const COMPANY_FIRST: [&str; 20] = [
    "Alpha",
    "Nord",
    "Blue River",
    "Morava",
    "Summit",
    "Vertex",
    "Kaskáda",
    "Lumière",
    "Grün",
    "Silver Oak",
    "Delta",
    "Orion",
    "Polar",
    "Vltava",
    "Rhein",
    "Atelier",
    "Quantum",
    "Harbour",
    "Kestrel",
    "Meadow",
];
const COMPANY_SECOND: [&str; 12] = [
    "Logistics",
    "Software",
    "Foods",
    "Design",
    "Consulting",
    "Machines",
    "Media",
    "Textiles",
    "Energy",
    "Trading",
    "Labs",
    "Construction",
];

/// A company's name with its legal form.
pub(super) fn company(rng: &mut impl Rng, country: &Country) -> String {
    let (first, second) = (draw::one(rng, &COMPANY_FIRST), draw::one(rng, &COMPANY_SECOND));
    format!("{first} {second} {}", draw::one(rng, country.companies))
}

/// A name as it can stand in a mail address: lower case, no accents, `-` for anything else.
pub(super) fn ascii(name: &str) -> String {
    let mut text = String::new();
    for char in name.to_lowercase().chars() {
        match char {
            'a'..='z' | '0'..='9' => text.push(char),
            'á' | 'à' | 'â' => text.push('a'),
            'ä' => text.push_str("ae"),
            'č' | 'ç' => text.push('c'),
            'ď' => text.push('d'),
            'é' | 'è' | 'ê' | 'ë' | 'ě' => text.push('e'),
            'í' | 'ï' | 'î' => text.push('i'),
            'ň' | 'ñ' => text.push('n'),
            'ó' | 'ô' => text.push('o'),
            'ö' => text.push_str("oe"),
            'ř' => text.push('r'),
            'š' => text.push('s'),
            'ß' => text.push_str("ss"),
            'ť' => text.push('t'),
            'ú' | 'ů' => text.push('u'),
            'ü' => text.push_str("ue"),
            'ý' => text.push('y'),
            'ž' => text.push('z'),
            '\'' | '.' => {}
            _ if !text.is_empty() && !text.ends_with('-') => text.push('-'),
            _ => {}
        }
    }
    text.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_fits_into_an_address() {
        assert_eq!(ascii("Kaskáda Foods s.r.o."), "kaskada-foods-sro");
        assert_eq!(ascii("Jürgen"), "juergen");
        for names in [&ENGLISH, &GERMAN, &CZECH, &FRENCH] {
            for name in [names.men, names.women, names.last, names.last_of_women].concat() {
                let text = ascii(name);
                assert!(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}: {text}");
            }
        }
    }

    #[test]
    fn countries_are_a_hundred_percent() {
        assert_eq!(COUNTRIES.iter().map(|country| country.percent).sum::<u32>(), 100);
    }
}
