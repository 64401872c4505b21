//! The ways a UTC time is written on the wire, each for the endpoints that always wrote it so.

use chrono::{DateTime, NaiveDateTime, Utc};

fn read(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .map(|naive| naive.and_utc())
}

fn write(time: &DateTime<Utc>, separator: char, offset: &str) -> String {
    let micros = time.timestamp_subsec_micros();
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    format!("{}{separator}{}{fraction}{offset}", time.format("%Y-%m-%d"), time.format("%H:%M:%S"))
}

macro_rules! style {
    ($(#[$doc:meta])* $name:ident, $optional:ident, $separator:literal, $offset:literal) => {
        $(#[$doc])*
        pub mod $name {
            use chrono::{DateTime, Utc};
            use serde::{Deserialize, Deserializer, Serializer, de::Error};

            /// The text of a time.
            #[must_use]
            pub fn text(time: &DateTime<Utc>) -> String {
                super::write(time, $separator, $offset)
            }

            /// For `#[serde(with)]`.
            ///
            /// # Errors
            /// Those of the serializer.
            pub fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&text(time))
            }

            /// For `#[serde(with)]`; reads every style.
            ///
            /// # Errors
            /// When the text is not a time.
            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
                let text = String::deserialize(deserializer)?;
                super::read(&text).ok_or_else(|| D::Error::custom(format!("not a time: {text}")))
            }
        }

        /// The same for a time that may be absent.
        pub mod $optional {
            use chrono::{DateTime, Utc};
            use serde::{Deserialize, Deserializer, Serializer, de::Error};

            /// For `#[serde(with)]`.
            ///
            /// # Errors
            /// Those of the serializer.
            pub fn serialize<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
                match time {
                    Some(time) => serializer.serialize_some(&super::$name::text(time)),
                    None => serializer.serialize_none(),
                }
            }

            /// For `#[serde(with)]`; reads every style.
            ///
            /// # Errors
            /// When the text is not a time.
            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
                let text = Option::<String>::deserialize(deserializer)?;
                text.map(|text| super::read(&text).ok_or_else(|| D::Error::custom(format!("not a time: {text}"))))
                    .transpose()
            }
        }
    };
}

style!(
    /// `2026-11-21 14:36:36.296966`: users, groups, members, grants, tokens.
    spaced, spaced_option, ' ', ""
);
style!(
    /// `2026-11-21T14:36:36.296966`: data endpoints, access requests, sync settings.
    naive, naive_option, 'T', ""
);
style!(
    /// `2026-11-21T14:36:36.296966+00:00`: `server_time` and everything new.
    offset, offset_option, 'T', "+00:00"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_second_has_no_fraction() {
        let time = read("2026-11-21T14:36:36+00:00").unwrap();
        assert_eq!(spaced::text(&time), "2026-11-21 14:36:36");
        assert_eq!(offset::text(&time), "2026-11-21T14:36:36+00:00");
    }

    #[test]
    fn every_style_is_read_back() {
        let time = read("2026-11-21T14:36:36.296966+00:00").unwrap();
        for text in [spaced::text(&time), naive::text(&time), offset::text(&time)] {
            assert_eq!(read(&text), Some(time), "{text}");
        }
    }
}
