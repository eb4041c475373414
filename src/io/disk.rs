//! Owns what is asked of the disk that the store lies on.

use std::path::Path;

/// File systems of other computers, by the numbers that Linux gives them (statfs(2)): WAL needs memory that all who use the
/// store share, and locks that hold.
const NETWORK: [(u64, &str); 8] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x5346_414f, "AFS"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x7461_636f, "OCFS2"),
];

/// The name of the network file system that a folder lies on, if it does.
pub fn network(folder: &Path) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    return rustix::fs::statfs(folder).ok().and_then(|found| named(found.f_type as u64));
    #[cfg(not(target_os = "linux"))]
    return None;
}

/// How many bytes a folder's disk still has for whoever asks; None where it does not say.
pub fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

fn named(number: u64) -> Option<&'static str> {
    // The kernel's type is signed on some machines.
    let number = number & 0xffff_ffff;
    NETWORK.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fault 12.
    #[test]
    fn a_network_file_system_is_known_by_its_number() {
        assert_eq!(named(0x6969), Some("NFS"));
        assert_eq!(named(0xffff_ffff_ff53_4d42), Some("CIFS"), "with its sign drawn out");
        assert_eq!(named(0xef53), None, "ext4");
        assert_eq!(named(0x0102_1994), None, "tmpfs");
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network(folder.path()), None);
        assert!(free(folder.path()).is_some() && free(&folder.path().join("nowhere")).is_none());
    }
}
