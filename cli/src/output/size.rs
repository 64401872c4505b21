//! Bytes for people, in the two styles scripts have met.

/// `12 B`, `2.0 KiB`, `1.0 PiB`: what `sync` prints.
pub fn binary(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    scaled(bytes, &["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
}

/// `0.0 B`, `2.0 KB`: what `disk-info` prints.
pub fn short(bytes: u64) -> String {
    scaled(bytes, &["B", "KB", "MB", "GB", "TB"])
}

fn scaled(bytes: u64, units: &[&str]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_decimal_above_a_kilobyte() {
        for (bytes, long, brief) in [
            (0, "0 B", "0.0 B"),
            (708, "708 B", "708.0 B"),
            (2048, "2.0 KiB", "2.0 KB"),
            (1 << 50, "1.0 PiB", "1024.0 TB"),
        ] {
            assert_eq!((binary(bytes), short(bytes)), (long.to_owned(), brief.to_owned()));
        }
    }
}
